#!/bin/sh
# Checks an evidence pack. It needs sha256sum, ssh-keygen and openssl beside the shell, writes nothing, asks nobody.
#
#   sh VERIFY.sh [-k FINGERPRINT] [-l LOGKEY] [-w WITNESSKEY]... [-t CERTIFICATES] [-c CHECKPOINT] [FOLDER]
#
#   -k  the fingerprint of the key that signs packs (SHA256:...), had from the organisation and not from this pack
#   -l  the public key of the log (a line of name, id and key), had from the organisation or from a witness
#   -w  the public key of a witness, had from the witness: that witness must have cosigned; repeatable
#   -t  a file with the certificates of the time stamping authority that you trust: the time stamp must be theirs
#   -c  a file with a checkpoint that somebody else kept: the log of this pack must be the same log
#   FOLDER  the pack; without it, the one that this file lies in
#
# The status is 0 if everything fits together and everything that was asked for is so, and another one if not.
# A pack can bring along a changed copy of this file. Whoever does not trust it takes the copy of the Hustings
# project, and names the folder.

# shellcheck disable=SC2015 # `a && b || fail` fails where a or b does, which is what is meant
set -u
IFS=' 	
'
LC_ALL=C
export LC_ALL
unset CDPATH
newline='
'
alphabet=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/
digits=0123456789abcdef
passed=''

fail() {
  printf 'NOT VERIFIED: %s\n' "$1"
  false
  # shellcheck disable=SC2317 # reached where somebody changed the line before
  exit 99 || exit 98
}

# Leaves out of what sha256sum says the files that are as they should be, among which nobody would find the others.
all_but_good() {
  while IFS= read -r line; do
    case $line in *': OK') ;; *) printf '  %s\n' "$line" ;; esac
  done
}

# Functions share their variables, so each that others call keeps to names of its own.

# Gives in $hex what a base64 text stands for; fails on anything that is not exactly as it would be written.
decode() {
  d_text=$1 hex='' d_bits=0 d_count=0
  case $d_text in '' | *[!A-Za-z0-9+/=]*) return 1 ;; esac
  [ $((${#d_text} % 4)) -eq 0 ] || return 1
  case $d_text in *==) d_text=${d_text%==} ;; *=) d_text=${d_text%=} ;; esac
  case $d_text in *=*) return 1 ;; esac
  while [ -n "$d_text" ]; do
    d_rest=${d_text#?}
    d_before=${alphabet%%"${d_text%"$d_rest"}"*}
    d_text=$d_rest
    d_bits=$(((d_bits << 6 | ${#d_before}) & 4095)) d_count=$((d_count + 6))
    while [ "$d_count" -ge 4 ]; do
      d_count=$((d_count - 4)) d_value=$((d_bits >> d_count & 15))
      eval "hex=\$hex\$digit_$d_value"
    done
  done
  # What is left over, and the half byte that padding stands for, must be zero.
  d_bits=$((d_bits & (1 << d_count) - 1))
  if [ $((${#hex} % 2)) -eq 1 ]; then
    case $hex in *0) hex=${hex%0} ;; *) return 1 ;; esac
  fi
  [ "$d_bits" -eq 0 ]
}

# Gives in $octal the bytes of $1, hex digits, as printf takes them.
escape() {
  e_text=$1 octal=''
  while [ -n "$e_text" ]; do
    e_rest=${e_text#??}
    e_value=$((0x${e_text%"$e_rest"}))
    e_text=$e_rest
    octal="$octal\\$((e_value >> 6))$((e_value >> 3 & 7))$((e_value & 7))"
  done
}

# Gives in $found the hash of a file, of text, or of the bytes of hex digits after a first byte.
hash_file() {
  found=$(sha256sum < "$1") || fail "$1 cannot be read."
  found=${found%% *}
}
hash_text() {
  found=$(printf '%s' "$1" | sha256sum)
  found=${found%% *}
}

# Gives in $found the hash over two neighbours in the tree; those met before are remembered.
parent() {
  eval "found=\${pair_$1$2:-}"
  [ -z "$found" ] || return 0
  escape "$1$2"
  # shellcheck disable=SC2059 # the format is made of escapes alone
  found=$(printf "\\001$octal" | sha256sum)
  found=${found%% *}
  eval "pair_$1$2=\$found"
}

is_number() {
  case $1 in '' | *[!0-9]* | 0?* | ???????????????????*) return 1 ;; esac
}
is_hash() {
  case $1 in *[!0-9a-f]*) return 1 ;; esac
  [ ${#1} -eq 64 ]
}

# Reads a small text file into $content; fails if it is not lines of text with a newline at the end.
read_lines() {
  content=''
  while IFS= read -r line; do content="$content$line$newline"; done < "$1"
  hash_text "$content"
  own=$found
  hash_file "$1"
  [ "$own" = "$found" ] || fail "$1 is no text."
}

# Reads the head of a note: $origin, $size and $root (in hex), $text, and its signature lines.
read_checkpoint() {
  [ -f "$1" ] || fail "$1 is missing."
  read_lines "$1"
  text=$content
  origin=${text%%"$newline"*} text=${text#*"$newline"}
  size=${text%%"$newline"*} text=${text#*"$newline"}
  encoded=${text%%"$newline"*} text=${text#*"$newline"}
  case $text in "$newline"?*) signatures=${text#"$newline"} ;; *) fail "$1 is no checkpoint." ;; esac
  [ -n "$origin" ] && is_number "$size" && decode "$encoded" && is_hash "$hex" || fail "$1 is no checkpoint."
  root=$hex head="$origin$newline$size$newline$encoded$newline"
}

# Reads a public key: $1.pub, the line, and $1.pem, which openssl reads; gives $key_name, $key_id, $key_line.
# $2 is what it may be used for, in hex: 01 for a log's, 04 for a witness's.
read_key() {
  read_lines "$1.pub"
  key_line=${content%"$newline"} key_name=${content%%+*}
  rest=${key_line#*+}
  key_id=${rest%%+*}
  decode "${rest#*+}" || fail "$1.pub is no key."
  raw=$hex
  case $raw in "$2"*) ;; *) fail "$1.pub is a key for something else." ;; esac
  escape "$raw"
  # shellcheck disable=SC2059
  found=$(printf "%s\\n$octal" "$key_name" | sha256sum)
  case $found in "$key_id"*) ;; *) fail "The id in $1.pub is not the key's." ;; esac
  [ ${#key_id} -eq 8 ] || fail "The id in $1.pub is not the key's."
  read_lines "$1.pem"
  encoded=${content#-----BEGIN PUBLIC KEY-----"$newline"}
  encoded=${encoded%"$newline"-----END PUBLIC KEY-----"$newline"}
  decode "$encoded" && [ "$hex" = "302a300506032b6570032100${raw#"$2"}" ] || fail "$1.pem is not the key of $1.pub."
}

# Gives in $hex what the key read last put below the note read last; fails where it put nothing.
find_signature() {
  rest=$signatures
  while [ -n "$rest" ]; do
    line=${rest%%"$newline"*} rest=${rest#*"$newline"}
    case $line in "$dash $key_name "*) ;; *) continue ;; esac
    decode "${line##* }" || fail "A note has a signature that is none."
    case $hex in "$key_id"*) return 0 ;; esac
  done
  return 1
}

# Makes sure that the key read last signed $head, which $1.text repeats, with the signature that $1$2.sig repeats.
# $4, if given, is what stands before the signature in its line, after the four bytes that name the key: a time, in hex.
signed_by() {
  read_lines "$1.text"
  [ "$content" = "$head" ] || fail "$1.text is not what was signed."
  find_signature || fail "$1 is not signed with the key in $3.pub."
  case $hex in "$key_id${4:-}"*) ;; *) fail "$1 is not the signature that it should be." ;; esac
  escape "${hex#"$key_id${4:-}"}"
  # shellcheck disable=SC2059
  found=$(printf "$octal" | sha256sum)
  own=${found%% *}
  hash_file "$1$2.sig"
  [ "$own" = "$found" ] || fail "$1$2.sig is not the signature in $1."
  openssl pkeyutl -verify -pubin -inkey "$3.pem" -rawin -in "$1.text" -sigfile "$1$2.sig" > /dev/null 2>&1 ||
    fail "The signature of $key_name on $1 is not good."
}

# From the log's first key to its present one: each names its successor, and both sign.
check_keys() {
  number=1 since=0
  while [ -f "data/log/earlier/$number.pub" ]; do
    base=data/log/earlier/$number following=data/log/earlier/$((number + 1))
    [ -f "$following.pub" ] || following=data/log/log
    read_key "$base" 01
    older=$key_line
    [ "$older" != "$trusted_log" ] || log_known=yes
    read_lines "$base.rotation"
    head=${content%%"$newline$newline"*}$newline signatures=${content#*"$newline$newline"}
    signed_by "$base.rotation" .old "$base"
    read_key "$following" 01
    signed_by "$base.rotation" .new "$following"
    rest=${head#hustings.key-rotated/v1"$newline$key_name$newline"}
    rest=${rest#*"$newline"}
    at=${rest%%"$newline"*}
    [ "$rest" = "$at$newline$older$newline$key_line$newline" ] && is_number "$at" && [ "$at" -ge "$since" ] ||
      fail "$base.rotation does not name the next key."
    eval "until_$number=\$at"
    since=$at number=$((number + 1))
  done
  read_key data/log/log 01
  [ "$key_line" != "$trusted_log" ] || log_known=yes
}

# Goes one level up the tree.
step_up() {
  place=$((place >> 1)) last=$((last >> 1))
}

check_record() {
  number=$1 file=data/records/$1.json proof=data/log/$1.tlog-proof
  is_number "$number" && [ "$number" -ge 1 ] && [ "$number" -le "$log_size" ] || fail "$file has no number of the log."
  leaf='' line=''
  IFS= read -r leaf < "$file" && fail "$file is more than one line."
  hash_text "$leaf"
  [ "$found" = "$listed" ] || fail "$file is not one line of text."
  found=$(printf '\000%s' "$leaf" | sha256sum)
  node=${found%% *} place=$((number - 1)) last=$((log_size - 1)) note=''
  {
    IFS= read -r line && [ "$line" = c2sp.org/tlog-proof@v1 ] || fail "$proof is no proof."
    IFS= read -r line && [ "$line" = "index $place" ] || fail "$proof is about another record."
    while IFS= read -r line && [ -n "$line" ]; do
      [ "$last" -gt 0 ] && decode "$line" && is_hash "$hex" || fail "$proof is no proof."
      if [ $((place & 1)) -eq 1 ] || [ "$place" -eq "$last" ]; then
        parent "$hex" "$node"
        while [ $((place & 1)) -eq 0 ] && [ "$place" -ne 0 ]; do step_up; done
      else
        parent "$node" "$hex"
      fi
      node=$found
      step_up
    done
    while IFS= read -r line; do note="$note$line$newline"; done
  } < "$proof"
  [ "$note$line" = "$checkpoint" ] || fail "$proof is about another checkpoint."
  [ "$last" -eq 0 ] && [ "$node" = "$log_root" ] || fail "Record $number is not in the log: it was changed or made up."
  records=$((records + 1))
}

check_opening() {
  name=${1%.salt.hex} number=${1%%.*}
  field=${name#*.} value=data/openings/$name
  # What came with a message lies apart from what was said of it.
  case $field in attachment.*) value=data/attachments/$number.${field#attachment.}.bin ;; esac
  IFS= read -r salt < "data/openings/$1" || fail "data/openings/$1 is no salt."
  is_hash "$salt" && is_number "$number" || fail "data/openings/$1 is no salt."
  [ -f "$value" ] && [ -f "data/records/$number.json" ] || fail "data/openings/$1 opens nothing."
  leaf=''
  IFS= read -r leaf < "data/records/$number.json"
  case $leaf in *'"commit":{'*) ;; *) fail "Record $number commits to nothing." ;; esac
  rest=${leaf#*'"commit":{'}
  rest=,${rest%%'}'*},
  case $rest in *",\"$field\":\""*) ;; *) fail "Record $number commits to no $field." ;; esac
  rest=${rest#*",\"$field\":\""}
  found=$(openssl dgst -sha256 -r -mac HMAC -macopt "hexkey:$salt" "$value") || fail "openssl fails."
  found=${found%% *}
  is_hash "$found" && [ "$found" = "${rest%%\"*}" ] || fail "$value is not what record $number commits to."
  openings=$((openings + 1))
}

# What a file of the payload must be besides being listed.
check_file() {
  name=${1##*/}
  case $1 in
    data/records/*.json) check_record "${name%.json}" ;;
    data/openings/*.salt.hex) check_opening "$name" ;;
    data/openings/*) [ -f "$1.salt.hex" ] || fail "$1 has no salt, so nothing vouches for it." ;;
    data/attachments/*.bin)
      rest=${name%.bin}
      [ -f "data/openings/${rest%%.*}.attachment.${rest#*.}.salt.hex" ] || fail "$1 has no salt, so nothing vouches for it."
      attachments=$((attachments + 1))
      ;;
    data/log/*.tlog-proof) [ -f "data/records/${name%.tlog-proof}.json" ] || fail "$1 is about no record." ;;
    data/decisions/*.json)
      rest=${name%.json}
      [ -f "data/records/${rest##*.}.json" ] || fail "$1 is about no record."
      ;;
    data/policy/*.yaml) [ "$listed" = "${name%.yaml}" ] || fail "$1 is not the policy that its name says." ;;
    data/allowed_signers | data/VERIFY.sh | data/README.txt | data/log/log.pem | data/log/log.pub) ;;
    data/report.html | data/report.pdf | data/*.csv | data/log/witnesses.txt | data/log/earlier/*) ;;
    data/log/checkpoint | data/log/checkpoint.text | data/log/checkpoint.sig) ;;
    data/log/since | data/log/witnessed | data/log/stamped) ;;
    data/log/since.* | data/log/witnessed.* | data/log/stamped.*)
      case $name in *.text | *.sig) ;; *) fail "$1 does not belong in a pack." ;; esac
      [ -f "${1%.*}" ] || fail "$1 is about nothing."
      ;;
    data/log/witnesses/*.pub) witnesses=$((witnesses + 1)) ;;
    data/log/witnesses/*.pem | data/log/witnesses/*.text | data/log/witnesses/*.sig)
      [ -f "${1%.*}.pub" ] || fail "$1 is of no witness."
      ;;
    data/log/consistency-*.txt) proofs=$((proofs + 1)) ;;
    *) fail "$1 does not belong in a pack." ;;
  esac
}

# Goes through a folder in the order of the manifest, which is read along: what is not listed is found.
walk() {
  for entry in "$1"/.[!.]* "$1"/..?*; do
    [ ! -e "$entry" ] && [ ! -L "$entry" ] || fail "$entry is hidden and not listed."
  done
  for entry in "$1"/*; do
    [ ! -L "$entry" ] || fail "$entry is a link."
    if [ -d "$entry" ]; then
      walk "$entry"
    else
      IFS= read -r line <&3 || fail "$entry is not listed."
      listed=${line%%  *}
      [ "${line#*  }" = "$entry" ] && is_hash "$listed" || fail "$entry is not listed, or a file before it is missing."
      check_file "$entry"
      files=$((files + 1))
    fi
  done
}

# Makes sure that the log of $log_size records begins with the $2 records whose root is $3, by the proof in $1.
check_consistency() {
  older=$2 before=$3 after='' place=$(($2 - 1)) last=$((log_size - 1)) note=''
  [ "$older" -ge 1 ] && [ "$older" -lt "$log_size" ] || fail "$1 is about a checkpoint that is not older."
  [ $((older & older - 1)) -ne 0 ] || after=$before
  while [ $((place & 1)) -eq 1 ]; do step_up; done
  {
    IFS= read -r line && [ "$line" = "old $older" ] || fail "$1 is about another checkpoint."
    while IFS= read -r line && [ -n "$line" ]; do
      decode "$line" && is_hash "$hex" || fail "$1 is no proof."
      sibling=$hex
      if [ -z "$after" ]; then
        before=$sibling after=$sibling
        continue
      fi
      [ "$last" -gt 0 ] || fail "$1 is no proof."
      if [ $((place & 1)) -eq 1 ] || [ "$place" -eq "$last" ]; then
        parent "$sibling" "$before"
        before=$found
        parent "$sibling" "$after"
        after=$found
        while [ $((place & 1)) -eq 0 ] && [ "$place" -ne 0 ]; do step_up; done
      else
        parent "$after" "$sibling"
        after=$found
      fi
      step_up
    done
    while IFS= read -r line; do note="$note$line$newline"; done
  } < "$1"
  [ "$note$line" = "$checkpoint" ] || fail "$1 is about another checkpoint."
  [ "$last" -eq 0 ] && [ "$before" = "$3" ] && [ "$after" = "$log_root" ] ||
    fail "SPLIT VIEW: the log of this pack does not begin with the $older records of that checkpoint."
}

# Makes sure that a checkpoint, in $1, is of the same log.
check_kept() {
  read_checkpoint "$1"
  [ "$origin" = "$log_name" ] || fail "The checkpoint in $1 is of another log: $origin."
  if [ "$size" = "$log_size" ]; then
    [ "$root" = "$log_root" ] || fail "SPLIT VIEW: two checkpoints of $size records have different roots."
  else
    proof=data/log/consistency-$size-$log_size.txt
    [ "$size" -lt "$log_size" ] ||
      fail "The checkpoint in $1 has $size records, more than the $log_size of this pack. Ask for a pack made after it."
    [ -f "$proof" ] ||
      fail "The pack holds no proof between $size records and $log_size. Ask for one that is made with --since."
    check_consistency "$proof" "$size" "$root"
    case $proofs_held in *" $size "*) ;; *) proofs_held="$proofs_held$size " proofs=$((proofs - 1)) ;; esac
  fi
}

# Makes sure that the checkpoint in $1 is signed with the key that the log had then.
signed_in_time() {
  read_checkpoint "$1"
  turn=1 earliest=0
  while :; do
    base=data/log/earlier/$turn
    [ -f "$base.pub" ] || base=data/log/log
    read_key "$base" 01
    eval "latest=\${until_$turn:-$log_size}"
    if [ "$size" -ge "$earliest" ] && [ "$size" -le "$latest" ] && find_signature; then
      signed_by "$1" '' "$base"
      return 0
    fi
    [ "$base" != data/log/log ] || fail "$1 is not signed with the key of its time."
    turn=$((turn + 1)) earliest=$latest
  done
}

# Gives in $when the day and the time of a number of seconds since 1970.
tell_time() {
  t_day=$(($1 / 86400 + 719468)) t_left=$(($1 % 86400))
  t_era=$((t_day / 146097)) t_day=$((t_day % 146097))
  t_year=$(((t_day - t_day / 1460 + t_day / 36524 - t_day / 146096) / 365))
  t_day=$((t_day - 365 * t_year - t_year / 4 + t_year / 100))
  t_month=$(((5 * t_day + 2) / 153))
  t_day=$((t_day - (153 * t_month + 2) / 5 + 1))
  t_month=$((t_month < 10 ? t_month + 3 : t_month - 9))
  t_year=$((t_year + t_era * 400 + (t_month <= 2)))
  when=$(printf '%04d-%02d-%02d %02d:%02d:%02d UTC' "$t_year" "$t_month" "$t_day" \
    $((t_left / 3600)) $((t_left / 60 % 60)) $((t_left % 60)))
}

# Makes sure of every cosignature of the checkpoint in data/log/witnessed, and that all who were named gave one.
check_witnesses() {
  cosigned='' seen=$newline number=1
  [ ! -f data/log/witnesses/1.pub ] || [ -f data/log/witnessed ] || fail "What the witnesses cosigned is missing."
  while [ -f "data/log/witnesses/$number.pub" ]; do
    base=data/log/witnesses/$number
    read_checkpoint data/log/witnessed
    read_key "$base" 04
    find_signature && [ ${#hex} -eq 152 ] || fail "$key_name, whose key is $base.pub, did not cosign."
    rest=${hex#"$key_id"}
    stamp=${rest%"${rest#????????????????}"}
    case $stamp in 000000*) ;; *) fail "$key_name cosigned at a time that is none." ;; esac
    head="cosignature/v1${newline}time $((0x$stamp))$newline$head"
    signed_by "$base" '' "$base" "$stamp"
    tell_time $((0x$stamp))
    cosigned="$cosigned$key_name cosigned the checkpoint of $size records on $when.$newline"
    seen=$seen$key_line$newline number=$((number + 1))
  done
  [ "$witnesses" -eq $((number - 1)) ] || fail "A key of a witness is out of its order."
  rest=$trusted_witnesses
  while [ -n "$rest" ]; do
    line=${rest%%"$newline"*} rest=${rest#*"$newline"}
    case $seen in *"$newline$line$newline"*) ;; *) fail "The witness with the key $line did not cosign." ;; esac
  done
}

# Makes sure that the time stamp is about data/log/stamped; with certificates, that it is of who was named.
check_stamp() {
  stamped_at=''
  if [ ! -f checkpoint.tsr ]; then
    [ ! -f data/log/stamped ] && [ ! -f tsa-chain.pem ] || fail "The time stamp is missing."
    [ -z "$trusted_time" ] || fail "There is no time stamp in this pack."
    return 0
  fi
  [ -f data/log/stamped ] && [ -f tsa-chain.pem ] || fail "What the time stamp is about is missing."
  # Certificates run out, and what was stamped before stays stamped: only at which time is not looked at.
  openssl ts -verify -in checkpoint.tsr -data data/log/stamped -CAfile "${trusted_time:-tsa-chain.pem}" \
    -untrusted tsa-chain.pem -no_check_time -partial_chain > /dev/null 2>&1 ||
    fail "The time stamp is not good${trusted_time:+, or not of the authority that you named}."
  found=$(openssl ts -reply -in checkpoint.tsr -text 2> /dev/null) || fail "The time stamp cannot be read."
  stamped_at=${found#*"${newline}Time stamp: "}
  [ "$stamped_at" != "$found" ] || fail "The time stamp cannot be read."
  stamped_at=${stamped_at%%"$newline"*}
}

main() {
  trusted_pack='' trusted_log='' trusted_witnesses='' trusted_time='' kept='' folder=''
  while [ $# -gt 0 ]; do
    case $1 in
      -k | -l | -w | -t | -c) [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 wants something after it." ;;
      -*) fail "There is no option $1; the beginning of this file says which there are." ;;
    esac
    case $1 in
      -k) trusted_pack=$2 && shift ;;
      -l) trusted_log=$2 && shift ;;
      -w) trusted_witnesses=$trusted_witnesses$2$newline && shift ;;
      -t) trusted_time=$2 && shift ;;
      -c) kept=$2 && shift ;;
      *) folder=$1 ;;
    esac
    shift
  done
  case $kept in '' | /*) ;; *) kept=$PWD/$kept ;; esac
  case $trusted_time in '' | /*) ;; *) trusted_time=$PWD/$trusted_time ;; esac
  if [ -n "$folder" ]; then
    cd "$folder" || fail "There is no folder $folder."
  else
    case $0 in /*) me=$0 ;; *) me=$PWD/$0 ;; esac
    cd "${me%/*}/.." || fail "The pack cannot be entered."
    # This file is looked at twice, here and below, so that no change to it can hide itself.
    hash_file "$me"
    own='' line=''
    while IFS= read -r line; do
      [ "${line#*  }" != data/VERIFY.sh ] || own=${line%%  *}
    done < manifest-sha256.txt
    [ "$found" = "$own" ] || fail "VERIFY.sh was changed."
    passed="$passed self"
  fi
  for value in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    rest=${digits#?}
    eval "digit_$value=\${digits%\"\$rest\"}"
    digits=$rest
  done
  dash=$(printf '\342\200\224')

  sha256sum -c tagmanifest-sha256.txt > /dev/null 2>&1 || fail "A file is not as tagmanifest-sha256.txt lists it."
  sha256sum -c manifest-sha256.txt > /dev/null 2>&1 ||
    fail "A file is not as manifest-sha256.txt lists it.$newline$(sha256sum -c manifest-sha256.txt 2>&1 | all_but_good)"
  passed="$passed lists"

  read_lines tagmanifest-sha256.txt.sig
  rest=${content#-----BEGIN SSH SIGNATURE-----"$newline"}
  rest=${rest%"$newline"-----END SSH SIGNATURE-----"$newline"}
  case $rest in "$content" | *[!A-Za-z0-9+/=$newline]*) fail "The signature is not in its form." ;; esac
  # ssh-keygen takes other versions of the form as well, which nobody signed: this is version 1 with an Ed25519 key.
  case $rest in U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg*) ;; *) fail "The signature is not in its form." ;; esac
  found=$(ssh-keygen -Y verify -f data/allowed_signers -I hustings-pack -n evidence-pack \
    -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt 2>&1) || fail "The signature on the pack is not good. $found"
  case $found in *'Good "evidence-pack" signature '*) ;; *) fail "The signature on the pack is not good." ;; esac
  signer=${found##* }
  [ -z "$trusted_pack" ] || [ "$signer" = "$trusted_pack" ] || fail "The pack is signed with $signer, not $trusted_pack."
  passed="$passed signature"

  log_known=no
  check_keys
  read_checkpoint data/log/checkpoint
  [ "$origin" = "$key_name" ] && [ "$size" -ge "$since" ] || fail "The checkpoint is not of the log whose key is here."
  signed_by data/log/checkpoint '' data/log/log
  log_name=$origin log_size=$size log_root=$root
  read_lines data/log/checkpoint
  checkpoint=$content
  [ -z "$trusted_log" ] || [ "$log_known" = yes ] || fail "The log's key is $key_line, not the one that you know."
  passed="$passed checkpoint"

  files=0 records=0 openings=0 attachments=0 witnesses=0 proofs=0 proofs_held=' '
  walk data 3< manifest-sha256.txt
  total=0
  while IFS= read -r line; do total=$((total + 1)); done < manifest-sha256.txt
  [ "$files" -eq "$total" ] && [ "$records" -gt 0 ] || fail "Files that are listed are missing."
  read_lines tagmanifest-sha256.txt
  listed_beside=$content
  for entry in * .[!.]* ..?*; do
    case $entry in
      checkpoint.tsr | tsa-chain.pem)
        case $listed_beside in *"  $entry$newline"*) ;; *) fail "$entry is not listed." ;; esac
        ;;
      data | bag-info.txt | bagit.txt | manifest-sha256.txt | tagmanifest-sha256.txt | tagmanifest-sha256.txt.sig) ;;
      *) [ ! -e "$entry" ] && [ ! -L "$entry" ] || fail "$entry does not belong in a pack." ;;
    esac
  done
  passed="$passed contents"

  for entry in data/log/since data/log/witnessed data/log/stamped; do
    if [ -f "$entry" ]; then
      check_kept "$entry"
      signed_in_time "$entry"
    fi
  done
  check_witnesses
  check_stamp
  [ "$proofs" -eq 0 ] || fail "A proof of consistency is about no checkpoint of this pack."
  if [ -n "$kept" ]; then check_kept "$kept"; fi
  passed="$passed history"

  [ "${passed# self}" = ' lists signature checkpoint contents history' ] || fail 'Something was left out.'
  printf '%s\n' "$files files are as they were listed, and the list is signed." \
    "$records records are in the log $log_name, as it was signed when it had $log_size records." \
    "$openings disclosed values are those that the records commit to, $attachments of them files that came with messages or reports."
  for entry in data/log/since data/log/witnessed data/log/stamped; do
    [ ! -f "$entry" ] || printf '%s\n' "The log continues the checkpoint in $entry, which it signed."
  done
  printf '%s' "$cosigned"
  [ -z "$kept" ] || printf '%s\n' "The log agrees with the checkpoint in $kept."
  if [ -n "$trusted_pack" ]; then
    printf '%s\n' "The pack is signed with the key that you named."
  else
    printf '%s\n' "UNCONFIRMED: the pack is signed with $signer." \
      "  Ask the organisation, in another way than by this pack, whether that is its key. (-k checks it)"
  fi
  if [ -n "$trusted_log" ]; then
    printf '%s\n' "The log is signed with the key that you named."
  else
    printf '%s\n' "UNCONFIRMED: the log is signed with $key_line" \
      "  Ask a witness or the organisation whether that is the log's key. (-l checks it)"
  fi
  rest=$seen
  while [ "$rest" != "$newline" ]; do
    rest=${rest#"$newline"}
    line=${rest%%"$newline"*}
    rest=$newline${rest#*"$newline"}
    case $newline$trusted_witnesses in
      *"$newline$line$newline"*) printf '%s\n' "The witness ${line%%+*} has the key that you named." ;;
      *)
        printf '%s\n' "UNCONFIRMED: the witness ${line%%+*} has the key $line" \
          "  Ask that witness for the key. (-w checks it)"
        ;;
    esac
  done
  if [ -n "$stamped_at" ] && [ -n "$trusted_time" ]; then
    printf '%s\n' "The authority that you named stamped the checkpoint in data/log/stamped on $stamped_at."
  elif [ -n "$stamped_at" ]; then
    printf '%s\n' "UNCONFIRMED: the checkpoint in data/log/stamped was stamped on $stamped_at." \
      "  Ask the time stamping authority for its certificates. (-t checks them)"
  fi
  [ -n "$kept" ] ||
    printf '%s\n' "UNCONFIRMED: whether others were shown the same log. Compare data/log/checkpoint with one kept elsewhere. (-c)"
  printf '%s\n' 'VERIFIED: everything in this pack fits together.'
  exit 0
}

main "$@"
