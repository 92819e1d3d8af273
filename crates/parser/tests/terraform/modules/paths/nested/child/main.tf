output "module" {
  value = {
    module = path.module
    root   = path.root
    note   = chomp(file("${path.module}/note.txt"))
    base   = basename(path.module)
    dir    = dirname("${path.module}/x")
  }
}
