output "value" { value = "v" }
resource "terraform_data" "x" {}
