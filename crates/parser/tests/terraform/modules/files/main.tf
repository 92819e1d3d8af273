output "files" {
  value = {
    text    = file("${path.module}/data/greeting.txt")
    exists  = fileexists("${path.module}/data/greeting.txt")
    set     = fileset("${path.module}/data", "*")
    deep    = fileset(path.module, "data/**/*.json")
    either  = fileset("${path.module}/data", "{greeting,other}.txt")
    length  = length(fileset("${path.module}/data", "**"))
    md5     = filemd5("${path.module}/data/greeting.txt")
    sha     = filebase64sha256("data/greeting.txt")
    base64  = filebase64("${path.module}/data/greeting.txt")
    decoded = jsondecode(file("${path.module}/data/sub/config.json"))
    named   = { for f in fileset("${path.module}/data", "**/*.json") : trimsuffix(basename(f), ".json") => jsondecode(file("${path.module}/data/${f}")).name }
  }
}

resource "terraform_data" "file" {
  for_each = fileset("${path.module}/data", "**")
  input    = length(file("${path.module}/data/${each.value}"))
}
