variable "name" {}
variable "count_of" {
  type = number
}
variable "zones" { type = list(string) }

resource "terraform_data" "instance" {
  count = var.count_of
  input = "${var.name}-${count.index}@${element(var.zones, count.index)}"
}

output "count" { value = var.count_of }
output "placed" { value = terraform_data.instance[*].input }
