package io.turnwise.topology.segment;

import io.turnwise.inference.audio.Encoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Chunks as they lie in the audio store: a header of some seven bytes and the payload as it came,
 * since every byte is written to a changelog once for each sample of every call.
 */
final class ChunkCodec {
  private static final int LAST = 4;
  private static final int ENCODING = 3;

  private ChunkCodec() {}

  /**
   * @param capturedBase what capture times are stored relative to, after the chunk's own media time
   */
  static byte[] toBytes(Chunk chunk, long capturedBase) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(chunk.payload().length + 16);
    BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      out.writeInt(chunk.encoding().ordinal() | (chunk.last() ? LAST : 0));
      out.writeInt(chunk.sampleRate());
      out.writeLong(chunk.position());
      out.writeLong(chunk.capturedAt() - capturedBase - mediaMillis(chunk.position(), chunk));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    bytes.writeBytes(chunk.payload());
    return bytes.toByteArray();
  }

  static Chunk fromBytes(byte[] bytes, long capturedBase) {
    BinaryDecoder in = DecoderFactory.get().binaryDecoder(bytes, null);
    try {
      int flags = in.readInt();
      int rate = in.readInt();
      long position = in.readLong();
      long drift = in.readLong();
      byte[] payload = in.inputStream().readAllBytes();
      return new Chunk(
          position,
          capturedBase + position * 1000 / rate + drift,
          Encoding.values()[flags & ENCODING],
          rate,
          payload,
          (flags & LAST) != 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long mediaMillis(long position, Chunk chunk) {
    return position * 1000 / chunk.sampleRate();
  }
}
