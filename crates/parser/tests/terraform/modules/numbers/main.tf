locals {
  big = 9007199254740993
}

output "big" { value = "${local.big}" }
output "sum" { value = 0.1 + 0.2 }
output "texts" { value = [tostring(1.50), "${1e3}", "${-0.0}", tostring(1 / 3 > 0.33)] }
output "parsed" { value = [tonumber("007"), tonumber("1e2"), parseint("ff", 16)] }
output "rounded" { value = [floor(-1.5), ceil(1.2), 7 / 2, floor(7 / 2), -7 % 3] }
output "memory" { value = 4 * 1024 * 1024 }
output "compared" { value = ["10" == 10, 10 == 10.0, "2" > "10", 1 <= "1"] }
output "format" { value = [format("%03d", 7), format("%.1f", 2.25), format("%s-%v", 1, true), format("%5.2f|%-5s|%q", 3.14159, "ab", "c")] }
