variable "name" {}
variable "tags" { type = map(string) }

module "c" {
  source = "./c"
  count  = 1
  name   = "${var.name}/b"
  tags   = merge(var.tags, { b = true })
}

output "path" { value = module.c[0].path }
output "tags" { value = one(module.c[*].tags) }
output "id" { value = module.c[0].id }
