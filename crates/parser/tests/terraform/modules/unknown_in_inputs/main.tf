resource "terraform_data" "new" {
  input = { a = 1 }
}

resource "terraform_data" "second" {
  input            = terraform_data.new.id
  triggers_replace = [terraform_data.new.id, "known", { nested = terraform_data.new.output }]
}

resource "terraform_data" "third" {
  input            = { id = terraform_data.new.id, text = "id-${terraform_data.second.id}", known = 1 }
  triggers_replace = "${terraform_data.new.input.a}"
}

output "second" { value = terraform_data.second.input }
output "third" { value = terraform_data.third.input }
output "third_text" { value = terraform_data.third.input.known }
