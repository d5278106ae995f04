package io.turnwise.inference.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WavFileTest {
  private static final byte[] SAMPLES = {1, 2, 3, 4, 5, 6, 7, 8};

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "PCM_SIGNED, 16, PCM_S16LE, 8000, 1",
    "PCM_SIGNED, 16, PCM_S16LE, 48000, 2",
    "ULAW, 8, MULAW, 8000, 2",
    "ALAW, 8, ALAW, 11025, 1"
  })
  void shouldReadWhatJavaSoundWrites(
      String coding, int bits, Encoding encoding, int rate, int channels) throws IOException {
    // Given
    AudioFormat format =
        new AudioFormat(
            new AudioFormat.Encoding(coding),
            rate,
            bits,
            channels,
            bits / 8 * channels,
            rate,
            false);
    Path file = folder.resolve("written.wav");
    AudioSystem.write(
        new AudioInputStream(
            new ByteArrayInputStream(SAMPLES), format, SAMPLES.length / format.getFrameSize()),
        AudioFileFormat.Type.WAVE,
        file.toFile());

    // When
    WavFile wav = WavFile.read(file);

    // Then
    assertEquals(encoding, wav.encoding());
    assertEquals(rate, wav.sampleRate());
    assertEquals(channels, wav.channels());
    assertArrayEquals(SAMPLES, wav.data());
    assertEquals(SAMPLES.length / format.getFrameSize(), wav.frames());
  }

  @Test
  void shouldSeparateTheChannels() throws IOException {
    // Given
    WavFile wav = read(riff(fmt(1, 2, 8000, 16), chunk("data", SAMPLES)));

    // Then
    assertArrayEquals(new byte[] {1, 2, 5, 6}, wav.channel(0));
    assertArrayEquals(new byte[] {3, 4, 7, 8}, wav.channel(1));
    assertThrows(IllegalArgumentException.class, () -> wav.channel(2));
  }

  @Test
  void shouldTurnEightBitSamplesIntoSixteen() throws IOException {
    assertSamples(
        read(riff(fmt(1, 1, 8000, 8), chunk("data", 0, 1, 128, 255))), -32768, -32512, 0, 32512);
  }

  @Test
  void shouldTurnTwentyFourBitSamplesIntoSixteenRounded() throws IOException {
    byte[] data = bytes(0x7f, 0, 0, 0x80, 0, 0, 0xff, 0xff, 0x7f, 0, 0, 0x80, 0x80, 0xff, 0xff);
    assertSamples(read(riff(fmt(1, 1, 8000, 24), chunk("data", data))), 0, 1, 32767, -32768, 0);
  }

  @Test
  void shouldTurnThirtyTwoBitSamplesIntoSixteenRounded() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(0x12348000).putInt(0x12347fff).putInt(Integer.MAX_VALUE).putInt(Integer.MIN_VALUE);
    assertSamples(
        read(riff(fmt(1, 1, 8000, 32), chunk("data", data.array()))),
        0x1235,
        0x1234,
        32767,
        -32768);
  }

  @Test
  void shouldTurnFloatSamplesIntoSixteenBitsWithinTheirRange() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(0.5f).putFloat(-1).putFloat(1).putFloat(7).putFloat(Float.NEGATIVE_INFINITY);
    data.putFloat(1e-9f);
    assertSamples(
        read(riff(fmt(3, 1, 16_000, 32), chunk("data", data.array()))),
        16384,
        -32768,
        32767,
        32767,
        -32768,
        0);
  }

  @Test
  void shouldRefuseFloatsThatAreNotNumbers() {
    ByteBuffer data = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(Float.NaN);
    assertRefused("not numbers", riff(fmt(3, 1, 16_000, 32), chunk("data", data.array())));
  }

  @Test
  void shouldReadTheExtensibleFormat() throws IOException {
    WavFile wav = read(riff(extensible(7, 8), chunk("data", SAMPLES)));
    assertEquals(Encoding.MULAW, wav.encoding());
    assertArrayEquals(SAMPLES, wav.data());
  }

  @Test
  void shouldRefuseAnExtensibleFormatOfAnotherFamily() {
    byte[] format = extensible(1, 16);
    format[8 + 30] ^= 1;
    assertRefused("0xfffe", riff(format, chunk("data", SAMPLES)));
  }

  @Test
  void shouldSkipOtherChunksAndTheirPadding() throws IOException {
    byte[] file =
        riff(
            chunk("LIST", 1, 2, 3),
            fmt(7, 1, 8000, 8),
            chunk("fact", 0, 0, 0, 0, 0),
            chunk("data", SAMPLES),
            chunk("id3 ", 9));
    assertArrayEquals(SAMPLES, read(file).data());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 36", "-1, -1", "0, -1", "-1, 36", "2147479552, 2147479588"})
  void shouldReadToTheEndWhenTheHeaderWasWrittenBeforeTheLengthWasKnown(int data, int riff)
      throws IOException {
    // Given
    byte[] file = riff(fmt(1, 1, 8000, 16), chunk("data", SAMPLES));
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(4, riff).putInt(40, data);

    // Then
    assertArrayEquals(SAMPLES, read(file).data());
  }

  @Test
  void shouldRefuseAMissingFile() {
    Path missing = folder.resolve("missing.wav");
    UnusableAudio refusal = assertThrows(UnusableAudio.class, () -> WavFile.read(missing));
    assertSentence(refusal.getMessage(), missing, "no such file");
  }

  @Test
  void shouldRefuseAFolder() {
    UnusableAudio refusal = assertThrows(UnusableAudio.class, () -> WavFile.read(folder));
    assertSentence(refusal.getMessage(), folder, "folder");
  }

  @Test
  void shouldNotReadOnWhenADeviceWithoutEndIsNoWavFile() {
    // Given
    Path endless = Path.of("/dev/zero");
    assumeTrue(Files.exists(endless), "no /dev/zero here");

    // When
    UnusableAudio refusal = assertThrows(UnusableAudio.class, () -> WavFile.read(endless));

    // Then
    assertSentence(refusal.getMessage(), endless, "not known");
  }

  @Test
  void shouldReadAPipe() throws Exception {
    // Given
    Path pipe = folder.resolve("pipe");
    assumeTrue(
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo here");
    byte[] whole = riff(fmt(1, 1, 8000, 16), chunk("data", SAMPLES));
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(() -> assertDoesNotThrow(() -> Files.write(pipe, whole)));

    // When
    WavFile read = WavFile.read(pipe);

    // Then
    assertArrayEquals(SAMPLES, read.data());
    written.get();
  }

  @Test
  void shouldRefuseAnEmptyFile() {
    assertRefused("empty", new byte[0]);
  }

  @Test
  void shouldRefuseAFileWithoutAudio() {
    assertRefused("no audio", riff(fmt(1, 1, 8000, 16), chunk("data"), chunk("LIST", 1, 2, 3, 4)));
  }

  @Test
  void shouldRefuseEveryTruncation() {
    byte[] whole = riff(fmt(1, 1, 8000, 16), chunk("LIST", 1, 2, 3), chunk("data", SAMPLES));
    for (int length = 4; length < whole.length; length++) {
      assertRefused("truncated", Arrays.copyOf(whole, length));
    }
  }

  @Test
  void shouldRefuseAHalfSample() {
    assertRefused("middle of a sample", riff(fmt(1, 1, 8000, 16), chunk("data", 1, 2, 3)));
  }

  @Test
  void shouldRefuseAudioBeforeItsFormat() {
    assertRefused("before any format", riff(chunk("data", SAMPLES), fmt(1, 1, 8000, 16)));
  }

  @Test
  void shouldRefuseAHeaderThatContradictsItself() {
    byte[] format = fmt(1, 1, 8000, 16);
    format[8 + 12] = 3;
    assertRefused("contradicts", riff(format, chunk("data", SAMPLES)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7999, 48_001, 96_000, -1})
  void shouldRefuseAnUnsupportedRate(int rate) {
    assertRefused("sample rate", riff(fmt(1, 1, rate, 16), chunk("data", SAMPLES)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9})
  void shouldRefuseAnUnsupportedNumberOfChannels(int channels) {
    assertRefused("channels", riff(fmt(1, channels, 8000, 16), chunk("data", SAMPLES)));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 4, ADPCM",
    "17, 4, ADPCM",
    "85, 0, MP3",
    "49, 0, GSM",
    "1, 12, PCM",
    "3, 64, float"
  })
  void shouldRefuseAnUnsupportedFormatByName(int tag, int bits, String name) {
    assertRefused(name, riff(fmt(tag, 1, 8000, bits), chunk("data", SAMPLES)));
  }

  @ParameterizedTest
  @CsvSource({
    "ID3xxxxxxxxxxxxx, MP3", "OggSxxxxxxxxxxxx, Ogg", "fLaCxxxxxxxxxxxx, FLAC",
    "FORMxxxxAIFFxxxx, AIFF", "xxxxftypM4A xxxx, MPEG-4", "RF64xxxxWAVExxxx, RF64",
    "hello, not known", "RIFFxxxxAVI xxxx, not known"
  })
  void shouldSayWhatAFileIsThatIsNoWav(String content, String name) {
    assertRefused(name, content.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void shouldRecogniseMp3FramesWithoutATag() {
    assertRefused("MP3", bytes(0xff, 0xfb, 0x90, 0x64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void shouldReadOrRefuseWhateverTheBytes() throws IOException {
    long seed = 711;
    Random random = new Random(seed);
    byte[] whole = riff(extensible(1, 16), chunk("LIST", 1, 2, 3), chunk("data", SAMPLES));
    for (int round = 0; round < 3000; round++) {
      // Given
      byte[] spoilt = Arrays.copyOf(whole, whole.length - random.nextInt(3));
      for (int i = random.nextInt(4); i >= 0; i--) {
        spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt();
      }

      // When
      try {
        read(spoilt);
      } catch (UnusableAudio expected) {
        // Then
        assertSentence(expected.getMessage(), folder, "");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }

  private void assertRefused(String why, byte[] file) {
    UnusableAudio refusal = assertThrows(UnusableAudio.class, () -> read(file));
    assertSentence(refusal.getMessage(), folder, why);
  }

  private static void assertSentence(String message, Path file, String why) {
    assertTrue(message.startsWith("Cannot use " + file), message);
    assertTrue(message.contains(why), message);
    assertTrue(message.endsWith("."), message);
    assertFalse(message.contains("\n"), message);
  }

  private static void assertSamples(WavFile wav, int... expected) {
    assertEquals(Encoding.PCM_S16LE, wav.encoding());
    ByteBuffer data = ByteBuffer.wrap(wav.data()).order(ByteOrder.LITTLE_ENDIAN);
    int[] actual = new int[wav.frames()];
    for (int i = 0; i < actual.length; i++) {
      actual[i] = data.getShort();
    }
    assertArrayEquals(expected, actual);
  }

  private WavFile read(byte[] bytes) throws IOException {
    Path file = folder.resolve("case.wav");
    Files.write(file, bytes);
    return WavFile.read(file);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] riff(byte[]... chunks) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] chunk : chunks) {
      body.writeBytes(chunk);
    }
    return ByteBuffer.allocate(12 + body.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt(4 + body.size())
        .put("WAVE".getBytes(StandardCharsets.US_ASCII))
        .put(body.toByteArray())
        .array();
  }

  private static byte[] chunk(String id, int... values) {
    return chunk(id, bytes(values));
  }

  private static byte[] chunk(String id, byte[] body) {
    return ByteBuffer.allocate(8 + body.length + (body.length & 1))
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(id.getBytes(StandardCharsets.US_ASCII))
        .putInt(body.length)
        .put(body)
        .array();
  }

  private static byte[] fmt(int tag, int channels, int rate, int bits) {
    return chunk("fmt ", format(16, tag, channels, rate, bits).array());
  }

  private static byte[] extensible(int tag, int bits) {
    return chunk(
        "fmt ",
        format(40, 0xfffe, 1, 8000, bits)
            .putShort((short) 22)
            .putShort((short) bits)
            .putInt(4)
            .putShort((short) tag)
            .put(bytes(0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71))
            .array());
  }

  private static ByteBuffer format(int size, int tag, int channels, int rate, int bits) {
    return ByteBuffer.allocate(size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) tag)
        .putShort((short) channels)
        .putInt(rate)
        .putInt(rate * channels * bits / 8)
        .putShort((short) (channels * bits / 8))
        .putShort((short) bits);
  }
}
