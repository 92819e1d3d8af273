module "child" {
  source = "./nested/child"
}

output "paths" {
  value = {
    module = path.module
    root   = path.root
    child  = module.child.module
    joined = "${path.module}/files/a.txt"
    file   = trimspace(file("${path.module}/nested/child/note.txt"))
    plain  = trimspace(file("nested/child/note.txt"))
  }
}
