package io.turnwise.app.endtoend;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.Encoding;
import io.turnwise.avro.Role;
import io.turnwise.inference.audio.WavFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The first channel of a recording, cut into chunks as a source would send them. The same recording
 * is always captured at the same time.
 */
record CallAudio(String name, Encoding encoding, int sampleRate, byte[] samples) {
  private static final Instant CAPTURED = Instant.parse("2026-01-01T09:00:00Z");

  static CallAudio read(Path file) {
    WavFile wav = WavFile.read(file);
    return new CallAudio(
        file.getFileName().toString(),
        Encoding.valueOf(wav.encoding().name()),
        wav.sampleRate(),
        wav.channel(0));
  }

  /** In chunks of 20 ms, the last of which ends the channel. */
  List<AudioChunk> chunks(String call) {
    return chunksOf(call, sampleRate / 50 * bytesPerSample());
  }

  /** In chunks of so many bytes, the last of which ends the channel. */
  List<AudioChunk> chunksOf(String call, int bytes) {
    List<AudioChunk> chunks = new ArrayList<>();
    for (int from = 0; from < samples.length; from += bytes) {
      int to = Math.min(samples.length, from + bytes);
      chunks.add(
          chunk(call, chunks.size(), from / bytesPerSample(), Arrays.copyOfRange(samples, from, to))
              .setLast(to == samples.length)
              .build());
    }
    return chunks;
  }

  AudioChunk.Builder chunk(String call, long sequence, long position, byte[] payload) {
    return AudioChunk.newBuilder()
        .setCallId(call)
        .setRole(Role.UNKNOWN)
        .setSequence(sequence)
        .setPosition(position)
        .setCapturedAt(CAPTURED.plusMillis(Math.round(position * 1000.0 / sampleRate)))
        .setEncoding(encoding)
        .setSampleRate(sampleRate)
        .setPayload(ByteBuffer.wrap(payload));
  }

  int bytesPerSample() {
    return encoding == Encoding.PCM_S16LE ? 2 : 1;
  }
}
