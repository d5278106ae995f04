#!/bin/bash
# Creates the topics Turnwise needs; leaves those that exist as they are.
#
#   BOOTSTRAP_SERVERS  host:port of the cluster
#   PARTITIONS         of the call topics; they bound how many threads can work
#   REPLICATION        copies of each partition
#   RETENTION_MS       how long audio, embeddings, changes and dead letters are kept
#   COMMAND_CONFIG     optional: file with the admin client's security settings
#   KAFKA_BIN          folder of Kafka's own scripts
set -euo pipefail

: "${BOOTSTRAP_SERVERS:?host:port of the cluster}"
PARTITIONS=${PARTITIONS:-12}
REPLICATION=${REPLICATION:-3}
RETENTION_MS=${RETENTION_MS:-86400000}
KAFKA_BIN=${KAFKA_BIN:-/opt/kafka/bin}

create() {
  local name=$1 partitions=$2
  shift 2
  local settings=()
  for setting in "$@"; do
    settings+=(--config "$setting")
  done
  "$KAFKA_BIN/kafka-topics.sh" --bootstrap-server "$BOOTSTRAP_SERVERS" \
    ${COMMAND_CONFIG:+--command-config "$COMMAND_CONFIG"} \
    --create --if-not-exists --topic "$name" \
    --partitions "$partitions" --replication-factor "$REPLICATION" "${settings[@]}"
}

# An old record goes when the whole log segment it lies in is old: segment.ms bounds that delay.
for topic in audio-chunks speaker-embeddings speaker-changes dead-letters; do
  create "$topic" "$PARTITIONS" \
    cleanup.policy=delete "retention.ms=$RETENTION_MS" segment.ms=3600000
done

# An erased voice must go for good. The active log segment is never compacted, so it is closed
# hourly, and what is closed is compacted within a day. One partition, so that any later record
# closes the segment of an erasure (docs/how-to/enrol-a-voice.md).
create speaker-registry 1 \
  cleanup.policy=compact segment.ms=3600000 max.compaction.lag.ms=86400000 \
  min.cleanable.dirty.ratio=0.01 delete.retention.ms=86400000 \
  message.timestamp.type=LogAppendTime
