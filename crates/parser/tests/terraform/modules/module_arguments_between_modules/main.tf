module "network" {
  source = "./network"
  cidr   = "10.0.0.0/16"
}

module "service" {
  source  = "./service"
  subnets = module.network.subnets
  network = module.network
}

output "placed" { value = module.service.placed }
output "whole" { value = module.service.whole }
