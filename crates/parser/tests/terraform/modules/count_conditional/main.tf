variable "create" { default = true }
variable "skip" {
  type    = bool
  default = false
}

resource "terraform_data" "made" {
  count = var.create ? 1 : 0
  input = "made-${count.index}"
}

resource "terraform_data" "skipped" {
  count = var.skip ? 1 : 0
  input = "skipped"
}

output "made" { value = one(terraform_data.made[*].input) }
output "skipped" { value = one(terraform_data.skipped[*].input) }
output "tried" { value = try(terraform_data.skipped[0].input, "none") }
output "joined" { value = join(",", concat(terraform_data.made[*].input, terraform_data.skipped[*].input)) }
output "lengths" { value = [length(terraform_data.made), length(terraform_data.skipped)] }
output "old_splat" { value = element(concat(terraform_data.made.*.input, [""]), 0) }
output "by_index" { value = terraform_data.made[0].input }
output "can" { value = can(terraform_data.skipped[0]) }
