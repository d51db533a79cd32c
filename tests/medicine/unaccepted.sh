#!/usr/bin/env bash
# Of lines `FILE:LINE: CHECK: what` on stdin, passes on those that accepted.txt does not have; fails
# when there are some.
set -u
cd "$(dirname "$0")/../.." || exit 1
status=0
while IFS= read -r line; do
    file=${line%%:*} rest=${line#*:}
    check=${rest#*: } check=${check%%: *}
    source=$(sed -n "${rest%%:*}p" "$file" 2>/dev/null)
    known=no
    while IFS='|' read -r a_file a_check a_part _; do
        [[ $file == "$a_file" && $check == "$a_check" && $source == *"$a_part"* ]] && known=yes
    done < <(grep -v '^#' tests/medicine/accepted.txt)
    [[ $known == yes ]] || { echo "$line"; status=1; }
done
exit $status
