variable "name" {}
variable "tags" { type = map(string) }

module "b" {
  source   = "../b"
  for_each = toset(["x", "y"])
  name     = "${var.name}/a-${each.key}"
  tags     = merge(var.tags, { a = each.key })
}

output "path" { value = [for one in module.b : one.path] }
output "tags" { value = module.b["y"].tags }
output "id" { value = module.b["x"].id }
