#!/usr/bin/env bash
# Prints N events for OpenTofu: each is a process that sends one request.
for n in $(seq 0 $(($1 - 1))); do
  cat <<TF
resource "terraform_data" "seen_$n" {
  input = "tofu_$n"
  provisioner "local-exec" {
    command = "curl -sf -X POST -H 'authorization: Bearer key' -H 'content-type: application/json' -d '{\"name\":\"tofu_$n\"}' $2/api/projects/12345/event_definitions/ > /dev/null"
  }
}
TF
done
