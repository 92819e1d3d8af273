resource "terraform_data" "a" {
  input = { name = "a", list = [1, 2, 3] }
}

resource "terraform_data" "b" {
  input            = terraform_data.a.input.list
  triggers_replace = terraform_data.a.input["name"]
}

resource "terraform_data" "c" {
  count = length(terraform_data.b.input)
  input = terraform_data.b.input[count.index] * 10
}

output "sum" { value = sum(terraform_data.c[*].input) }
output "name" { value = terraform_data.b.triggers_replace }
output "unset" { value = terraform_data.a.triggers_replace }
output "unset_test" { value = terraform_data.a.triggers_replace == null ? "unset" : "set" }
