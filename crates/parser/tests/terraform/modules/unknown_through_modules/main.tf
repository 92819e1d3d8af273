resource "terraform_data" "new" {}

module "child" {
  source = "./child"
  id     = terraform_data.new.id
  ids    = [terraform_data.new.id, "known"]
  tags   = { Id = terraform_data.new.id, Name = "n" }
}

output "all" { value = module.child.all }
