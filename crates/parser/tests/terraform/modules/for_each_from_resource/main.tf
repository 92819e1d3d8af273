resource "terraform_data" "first" {
  for_each = { a = "x", b = "y" }
  input    = each.value
}

resource "terraform_data" "second" {
  for_each         = terraform_data.first
  input            = "${each.key}-${each.value.input}"
  triggers_replace = each.value.id
}

output "second" { value = { for k, v in terraform_data.second : k => v.input } }
