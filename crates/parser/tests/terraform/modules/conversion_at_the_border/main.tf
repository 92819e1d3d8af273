module "child" {
  source  = "./child"
  text    = 5
  number  = "1.50"
  flag    = "true"
  list    = ["a", 1, true]
  set     = ["b", "a", "b", 3]
  map     = { a = 1, b = true }
  numbers = ["1", 2]
  pair    = ["x", "7"]
}

output "all" { value = module.child.all }
