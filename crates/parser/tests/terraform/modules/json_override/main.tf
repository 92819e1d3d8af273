resource "terraform_data" "this" {
  input = { from = "main" }
}

variable "name" { default = "main" }

output "name" { value = var.name }
output "input" { value = terraform_data.this.input }
