locals {
  flag = false
}

output "numbers" { value = tolist([1, "2"]) }
output "mixed" { value = local.flag ? ["a", "b"] : [1, 2] }
output "map" { value = tomap({ a = 1, b = "x", c = true }) }
output "set" { value = toset(["a", 1, true]) }
output "nested" { value = tolist([["a"], [1, 2]]) }
output "objects" { value = tolist([{ a = 1, b = "x" }, { a = "y", b = true }]) }
output "either" { value = local.flag ? { a = 1 } : { a = "x" } }
output "null_branch" { value = local.flag ? "x" : null }
output "lists" { value = local.flag ? tolist(["a"]) : tolist([]) }
output "number_or_text" { value = [local.flag ? "a" : 1, !local.flag ? 1 : "a"] }
output "flattened" { value = flatten([[1], ["a", [true]], toset([2])]) }
output "concatenated" { value = concat([1], ["a"], tolist([true])) }
output "merged" { value = merge({ a = 1 }, tomap({ b = "2" }), { a = true }) }
