locals {
  replaced = "override"
}

resource "terraform_data" "this" {
  input = "zz"
}
