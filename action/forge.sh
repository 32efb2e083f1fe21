# For the scripts beside it: asks the forge, METHOD PATH [FILE with a body]. The token is in no argument, which other
# processes could read.
forge() {
  local body=()
  [ -z "${3:-}" ] || body=(--header "Content-Type: application/json" --data-binary "@$3")
  curl --globoff --silent --show-error --fail-with-body --retry 3 --config - --request "$1" "${body[@]}" \
    --header "Accept: application/vnd.github+json" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$2" <<CONFIG
header = "Authorization: Bearer $TOKEN"
CONFIG
}
