module "given" {
  source   = "./child"
  nullable = "n"
  strict   = "s"
  object   = { size = 1 }
}

module "null" {
  source   = "./child"
  nullable = null
  strict   = null
  object   = null
}

module "nothing" {
  source = "./child"
}

output "given" { value = module.given.all }
output "null" { value = module.null.all }
output "nothing" { value = module.nothing.all }
