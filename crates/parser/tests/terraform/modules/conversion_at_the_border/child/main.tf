variable "text" { type = string }
variable "number" { type = number }
variable "flag" { type = bool }
variable "list" { type = list(string) }
variable "set" { type = set(string) }
variable "map" { type = map(string) }
variable "numbers" { type = set(number) }
variable "pair" { type = tuple([string, number]) }

output "all" {
  value = {
    text    = var.text
    number  = var.number
    flag    = var.flag
    list    = var.list
    set     = var.set
    map     = var.map
    numbers = var.numbers
    pair    = var.pair
    length  = length(var.set)
  }
}
