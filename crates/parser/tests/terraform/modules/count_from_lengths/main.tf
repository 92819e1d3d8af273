variable "cidrs" { default = ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"] }
variable "zones" { default = ["a", "b"] }

resource "terraform_data" "subnet" {
  count            = min(length(var.cidrs), 3)
  input            = { cidr = var.cidrs[count.index], zone = element(var.zones, count.index) }
  triggers_replace = count.index % 2 == 0
}

output "zones" { value = distinct(terraform_data.subnet[*].input.zone) }
output "by_cidr" { value = { for subnet in terraform_data.subnet : subnet.input.cidr => subnet.input.zone } }
output "grouped" { value = { for subnet in terraform_data.subnet : subnet.input.zone => subnet.input.cidr... } }
output "last" { value = terraform_data.subnet[length(terraform_data.subnet) - 1].input.cidr }
output "slice" { value = slice(terraform_data.subnet[*].input.cidr, 1, 3) }
