resource "terraform_data" "new" {}

variable "create" { default = true }

locals {
  test = terraform_data.new.id == "x"
}

output "texts" { value = local.test ? "a" : "b" }
output "same" { value = local.test ? "a" : "a" }
output "lists" { value = local.test ? ["a"] : ["b"] }
output "lengths" { value = length(local.test ? ["a"] : ["b", "c"]) }
output "equal_lengths" { value = length(local.test ? ["a"] : ["b"]) }
output "attribute" { value = (local.test ? { a = 1, b = "x" } : { a = 2, b = "x" }).b }
output "in_text" { value = "x-${local.test ? 1 : 2}" }
output "in_object" { value = { a = local.test ? 1 : 2, b = 3 } }
output "known_test" { value = var.create ? "known" : terraform_data.new.id }
output "negated" { value = [!local.test, local.test && false, local.test || true] }
output "nested" { value = local.test ? (var.create ? "p" : "q") : "r" }
output "directive" { value = "a%{ if local.test }b%{ endif }" }
output "loop" { value = [for x in ["a", "b"] : x if local.test] }
output "null_test" { value = (local.test ? null : "x") == null }
