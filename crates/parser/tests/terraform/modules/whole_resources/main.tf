resource "terraform_data" "one" {
  input = "x"
}

resource "terraform_data" "many" {
  count = 2
  input = count.index
}

output "inputs" { value = [for one in terraform_data.many : one.input] }
output "keys" { value = contains(keys(terraform_data.one), "input") }
output "length" { value = length(terraform_data.many) }
output "splat_of_one" { value = terraform_data.one[*].input }
output "values" { value = { for i, one in terraform_data.many : "n${i}" => one.input if one.input > 0 } }
