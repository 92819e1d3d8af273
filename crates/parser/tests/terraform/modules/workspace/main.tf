locals {
  prod = terraform.workspace == "prod"
  size = lookup({ default = 1, prod = 3 }, terraform.workspace, 2)
}

resource "terraform_data" "this" {
  count = local.prod ? 3 : 1
  input = "${terraform.workspace}-${count.index}"
}

output "workspace" { value = terraform.workspace }
output "size" { value = local.size }
