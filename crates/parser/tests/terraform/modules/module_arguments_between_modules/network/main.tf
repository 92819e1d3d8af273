variable "cidr" { type = string }

locals {
  cidrs = [for i in range(3) : cidrsubnet(var.cidr, 8, i)]
}

resource "terraform_data" "subnet" {
  for_each = { for i, cidr in local.cidrs : "s${i}" => cidr }
  input    = each.value
}

output "subnets" { value = { for name, one in terraform_data.subnet : name => one.input } }
output "ids" { value = [for one in terraform_data.subnet : one.id] }
output "name" {
  value       = "network"
  description = "A name."
}
