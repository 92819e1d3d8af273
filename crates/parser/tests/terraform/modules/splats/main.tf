locals {
  vpcs = [
    { id = "v1", subnets = [{ id = "s1", tags = { Name = "a" } }, { id = "s2", tags = {} }] },
    { id = "v2", subnets = [] },
  ]
  single  = { id = "x" }
  nothing = null
}

output "ids" { value = local.vpcs[*].id }
output "nested" { value = local.vpcs[*].subnets[*].id }
output "old" { value = [{ a = ["x"] }, { a = ["y"] }].*.a.0 }
output "indexed" { value = local.vpcs.*.id[0] }
output "full_indexed" { value = [{ a = ["x"] }, { a = ["y"] }][*].a[0] }
output "single" { value = local.single[*].id }
output "nothing" { value = local.nothing[*].id }
output "tags" { value = local.vpcs[0].subnets[*].tags }
output "map" { value = values({ b = { n = 1 }, a = { n = 2 } })[*].n }
