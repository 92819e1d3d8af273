variable "name" { type = string }
variable "team" {
  type = object({ size = number, members = set(string) })
}

resource "terraform_data" "member" {
  for_each = var.team.members
  input    = "${var.name}/${each.key}"
}

output "size" { value = var.team.size * 10 }
output "members" { value = [for one in terraform_data.member : one.input] }
