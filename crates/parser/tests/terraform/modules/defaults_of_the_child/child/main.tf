locals {
  name = lookup(var.tags, "Name", var.flag ? "on" : "off")
}

resource "terraform_data" "this" {
  count = var.flag ? length(var.list) : 0
  input = local.name
}

output "all" { value = { name = local.name, count = length(terraform_data.this), input = try(terraform_data.this[0].input, null) } }
