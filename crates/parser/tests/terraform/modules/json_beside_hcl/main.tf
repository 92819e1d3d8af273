variable "size" { default = 4 }

module "child" {
  source = "./child"
  size   = var.size
}

output "double" { value = local.double }
output "child" { value = module.child.tripled }
