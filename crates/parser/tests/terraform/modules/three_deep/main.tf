module "a" {
  source = "./a"
  name   = "root"
  tags   = { level = 0 }
}

output "path" { value = module.a.path }
output "tags" { value = module.a.tags }
output "id" { value = module.a.id }
