module "a" {
  source = "./child"
}

module "b" {
  source = "./child"
  tags   = { Name = "b" }
  list   = []
}

module "c" {
  source = "./child"
  tags   = {}
  flag   = false
}

output "all" { value = [module.a.all, module.b.all, module.c.all] }
