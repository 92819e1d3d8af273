variable "id" { type = string }
variable "ids" { type = list(string) }
variable "tags" { type = map(string) }

resource "terraform_data" "each" {
  count = length(var.ids)
  input = var.ids[count.index]
}

resource "terraform_data" "tag" {
  for_each = var.tags
  input    = each.value
}

output "all" {
  value = {
    id     = var.id
    ids    = var.ids
    tags   = var.tags
    inputs = terraform_data.each[*].input
    tagged = { for k, v in terraform_data.tag : k => v.input }
    null   = var.id == null ? "null" : "set"
    name   = var.tags["Name"]
  }
}
