package io.turnwise.topology.segment;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.DeadLetterReason;
import io.turnwise.inference.audio.Encoding;
import java.nio.ByteBuffer;

/** Turns a record of the audio topic into a chunk, or says why it is none. */
final class ChunkReader {
  private static final int CALL_ID_CHARACTERS = 256;
  private static final int CHANNELS = 256;

  private ChunkReader() {}

  /** What a record turned out to be. */
  sealed interface Reading {}

  record Readable(Chunk chunk) implements Reading {}

  record Unreadable(Rejection rejection) implements Reading {}

  /**
   * @param key the record's key
   * @param record its value; its payload is copied
   * @param mostBytes of a payload that can be kept, whatever its length in time
   */
  static Reading read(String key, AudioChunk record, int mostBytes) {
    String callId = record.getCallId();
    if (callId.isEmpty() || callId.length() > CALL_ID_CHARACTERS) {
      return invalid(
          "callId: has " + callId.length() + " characters; give it 1 to " + CALL_ID_CHARACTERS);
    }
    if (!callId.equals(key)) {
      return invalid("callId: differs from the record's key; use the call id as the key");
    }
    if (record.getChannel() < 0 || record.getChannel() >= CHANNELS) {
      return invalid("channel: " + record.getChannel() + " is not in 0.." + (CHANNELS - 1));
    }
    int rate = record.getSampleRate();
    if (rate < Chunk.MIN_RATE || rate > Chunk.MAX_RATE) {
      return invalid(
          "sampleRate: " + rate + " is not in " + Chunk.MIN_RATE + ".." + Chunk.MAX_RATE);
    }
    if (record.getPosition() < 0 || record.getPosition() > Chunk.MAX_POSITION) {
      return invalid("position: " + record.getPosition() + " is not in 0.." + Chunk.MAX_POSITION);
    }
    Encoding encoding = encoding(record.getEncoding());
    int bytes = record.getPayload().remaining();
    if (bytes % encoding.bytesPerSample() != 0) {
      return new Unreadable(
          new Rejection(
              DeadLetterReason.PAYLOAD_ODD,
              "payload: "
                  + bytes
                  + " bytes are not a whole number of "
                  + encoding
                  + " samples of "
                  + encoding.bytesPerSample()
                  + " bytes"));
    }
    if (bytes / encoding.bytesPerSample() > Chunk.MAX_SECONDS * rate) {
      return new Unreadable(
          new Rejection(
              DeadLetterReason.PAYLOAD_TOO_LARGE,
              "payload: "
                  + bytes
                  + " bytes are more than the "
                  + Chunk.MAX_SECONDS
                  + " s one chunk may hold; send smaller chunks"));
    }
    if (bytes > mostBytes) {
      return new Unreadable(
          new Rejection(
              DeadLetterReason.PAYLOAD_TOO_LARGE,
              "payload: "
                  + bytes
                  + " bytes are more than the "
                  + mostBytes
                  + " that fit into a record of the changelog; send smaller chunks, or raise"
                  + " producer.max.request.size and topic.max.message.bytes"));
    }
    if (bytes == 0 && !record.getLast()) {
      return invalid("payload: empty on a chunk that is not the last");
    }
    return new Readable(
        new Chunk(
            record.getPosition(),
            record.getCapturedAt().toEpochMilli(),
            encoding,
            rate,
            bytesOf(record.getPayload()),
            record.getLast()));
  }

  private static Unreadable invalid(String detail) {
    return new Unreadable(new Rejection(DeadLetterReason.INVALID_FIELD, detail));
  }

  private static Encoding encoding(io.turnwise.avro.Encoding encoding) {
    return switch (encoding) {
      case PCM_S16LE -> Encoding.PCM_S16LE;
      case MULAW -> Encoding.MULAW;
      case ALAW -> Encoding.ALAW;
    };
  }

  private static byte[] bytesOf(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    return bytes;
  }
}
