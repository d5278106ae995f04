package io.turnwise.app.play;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.AudioChunk;
import io.turnwise.inference.audio.Encoding;
import io.turnwise.inference.audio.WavFile;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunksTest {
  private static final Instant START = Instant.ofEpochMilli(1_700_000_000_000L);

  @Test
  void shouldCutTwentyMillisecondsEachAndMarkOnlyTheRestAsLast() {
    // Given
    Recording recording = recording(Encoding.PCM_S16LE, 16_000, 1, 16_000 / 50 * 3 + 7);

    // When
    List<AudioChunk> chunks = chunks(recording, 0);

    // Then
    assertEquals(List.of(0L, 320L, 640L, 960L), positions(chunks));
    assertEquals(List.of(0L, 1L, 2L, 3L), chunks.stream().map(AudioChunk::getSequence).toList());
    assertEquals(
        List.of(640, 640, 640, 14),
        chunks.stream().map(chunk -> chunk.getPayload().remaining()).toList());
    assertEquals(
        List.of(false, false, false, true), chunks.stream().map(AudioChunk::getLast).toList());
  }

  @Test
  void shouldMarkTheLastChunkWhenTheAudioIsAWholeNumberOfChunks() {
    // Given
    Recording recording = recording(Encoding.ALAW, 8_000, 1, 320);

    // When
    List<AudioChunk> chunks = chunks(recording, 0);

    // Then
    assertEquals(2, chunks.size());
    assertFalse(chunks.get(0).getLast());
    assertTrue(chunks.get(1).getLast());
  }

  @Test
  void shouldCountCaptureTimeFromTheStartAtTheFilesOwnRate() {
    // Given
    Recording recording = recording(Encoding.MULAW, 8_000, 1, 8_000);

    // When
    List<AudioChunk> chunks = chunks(recording, 0);

    // Then
    assertEquals(START.plusMillis(20), chunks.get(1).getCapturedAt());
    assertEquals(START.plusMillis(980), chunks.get(49).getCapturedAt());
  }

  @Test
  void shouldSendG711AsItIsInTheFile() {
    // Given
    Recording recording = recording(Encoding.MULAW, 8_000, 1, 801);

    // When
    List<AudioChunk> chunks = chunks(recording, 0);

    // Then
    assertEquals(io.turnwise.avro.Encoding.MULAW, chunks.get(0).getEncoding());
    assertEquals(8_000, chunks.get(0).getSampleRate());
    assertArrayEquals(recording.audio().data(), joined(chunks));
  }

  @Test
  void shouldPutEachChannelOfAFileOnAChannelOfItsOwn() {
    // Given
    WavFile audio = recording(Encoding.PCM_S16LE, 44_100, 2, 2_000).audio();
    Recording recording = new Recording("call", 4, audio);

    // When
    List<AudioChunk> left = chunks(recording, 0);
    List<AudioChunk> right = chunks(recording, 1);

    // Then
    assertEquals(4, left.get(0).getChannel());
    assertEquals(5, right.get(0).getChannel());
    assertArrayEquals(audio.channel(0), joined(left));
    assertArrayEquals(audio.channel(1), joined(right));
    assertEquals(positions(left), positions(right));
  }

  @Test
  void shouldSayWhenASourceWouldHaveTheNextChunk() {
    // Given
    Chunks chunks = new Chunks(recording(Encoding.MULAW, 8_000, 1, 200), 0, START);

    // When
    double first = chunks.nextCompleteAt();
    chunks.next();

    // Then
    assertEquals(0.020, first, 1e-9);
    assertEquals(0.025, chunks.nextCompleteAt(), 1e-9);
  }

  private static Recording recording(Encoding encoding, int rate, int channels, int frames) {
    byte[] data = new byte[frames * channels * encoding.bytesPerSample()];
    new Random(7).nextBytes(data);
    return new Recording("call", 0, new WavFile(encoding, rate, channels, data));
  }

  private static List<AudioChunk> chunks(Recording recording, int channel) {
    List<AudioChunk> chunks = new ArrayList<>();
    new Chunks(recording, channel, START).forEachRemaining(chunks::add);
    return chunks;
  }

  private static List<Long> positions(List<AudioChunk> chunks) {
    return IntStream.range(0, chunks.size()).mapToObj(i -> chunks.get(i).getPosition()).toList();
  }

  private static byte[] joined(List<AudioChunk> chunks) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (AudioChunk chunk : chunks) {
      ByteBuffer payload = chunk.getPayload().duplicate();
      byte[] part = new byte[payload.remaining()];
      payload.get(part);
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }
}
