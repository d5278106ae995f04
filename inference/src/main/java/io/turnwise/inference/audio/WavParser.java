package io.turnwise.inference.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads RIFF/WAVE bytes (Microsoft and IBM, Multimedia Programming Interface 1.0, 1991;
 * WAVE_FORMAT_EXTENSIBLE as in Microsoft's ksmedia.h).
 */
final class WavParser {
  /** Bytes that say whether a file is one. */
  static final int HEADER_BYTES = 12;

  private static final int PCM = 1;
  private static final int FLOAT = 3;
  private static final int ALAW = 6;
  private static final int MULAW = 7;
  private static final int EXTENSIBLE = 0xfffe;

  /** What sox, arecord and ffmpeg write, or exceed, where they cannot go back to the header. */
  private static final long LENGTH_UNKNOWN = 0x7ffff000L;

  /** Bytes 2..15 of every KSDATAFORMAT_SUBTYPE that stands for a plain format tag. */
  private static final byte[] SUBTYPE_TAIL = {
    0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71
  };

  private final String name;
  private final byte[] bytes;
  private final ByteBuffer in;

  WavParser(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
    this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether a file that begins so is read any further. */
  static boolean isWav(byte[] head) {
    WavParser parser = new WavParser("", head);
    return parser.startsWith(0, "RIFF") && parser.startsWith(8, "WAVE");
  }

  private record Format(int tag, int bits, int channels, int sampleRate) {
    int frameBytes() {
      return bits / 8 * channels;
    }
  }

  WavFile parse() {
    if (bytes.length == 0) {
      throw unusable("it is empty (0 bytes)", "record or export it again");
    }
    if (!startsWith(0, "RIFF") || (bytes.length >= HEADER_BYTES && !startsWith(8, "WAVE"))) {
      throw unusable("it is " + whatElse() + ", not a WAV file", convert());
    }
    if (bytes.length < HEADER_BYTES) {
      throw truncated("it ends inside its header, after " + bytes.length + " bytes");
    }
    long riffEnd = unsigned(4) + 8;
    Format format = null;
    long at = HEADER_BYTES;
    while (at + 8 <= bytes.length) {
      long size = unsigned((int) at + 4);
      long body = at + 8;
      if (startsWith((int) at, "data")) {
        if (format == null) {
          throw unusable("its audio comes before any format chunk", convert());
        }
        return audio(format, (int) body, dataSize(size, body, riffEnd));
      }
      if (body + size > bytes.length) {
        throw truncated(
            "its chunk '"
                + chunkName((int) at)
                + "' announces "
                + size
                + " bytes and only "
                + (bytes.length - body)
                + " follow");
      }
      if (startsWith((int) at, "fmt ")) {
        format = format((int) body, size);
      }
      at = body + size + (size & 1);
    }
    throw truncated("it ends before any audio");
  }

  private long dataSize(long announced, long body, long riffEnd) {
    long rest = bytes.length - body;
    boolean unfinished = announced == 0 && (riffEnd <= body || riffEnd - 8 >= LENGTH_UNKNOWN);
    if (unfinished || announced >= LENGTH_UNKNOWN) {
      return rest;
    }
    if (announced > rest) {
      throw truncated(
          "its header announces " + announced + " bytes of audio and " + rest + " follow");
    }
    return announced;
  }

  private Format format(int body, long size) {
    if (size < 16) {
      throw unusable("its format chunk has " + size + " bytes where 16 are the least", convert());
    }
    int tag = in.getShort(body) & 0xffff;
    int channels = in.getShort(body + 2) & 0xffff;
    long sampleRate = unsigned(body + 4);
    int frameBytes = in.getShort(body + 12) & 0xffff;
    int bits = in.getShort(body + 14) & 0xffff;
    if (tag == EXTENSIBLE) {
      if (size < 40) {
        throw unusable("its extensible format chunk has " + size + " of 40 bytes", convert());
      }
      byte[] tail = Arrays.copyOfRange(bytes, body + 26, body + 40);
      tag = Arrays.equals(tail, SUBTYPE_TAIL) ? in.getShort(body + 24) & 0xffff : EXTENSIBLE;
    }
    boolean known =
        switch (tag) {
          case PCM -> bits == 8 || bits == 16 || bits == 24 || bits == 32;
          case FLOAT -> bits == 32;
          case ALAW, MULAW -> bits == 8;
          default -> false;
        };
    if (!known) {
      throw unusable(
          "its audio is "
              + codec(tag)
              + " of "
              + bits
              + " bits, and PCM of 8, 16, 24 or 32 bits, 32-bit float, mu-law and A-law are read",
          convert());
    }
    if (channels < 1 || channels > WavFile.MAX_CHANNELS) {
      throw unusable(
          "it has " + channels + " channels, and 1 to " + WavFile.MAX_CHANNELS + " are read",
          "split it into files of fewer channels");
    }
    if (sampleRate < WavFile.MIN_RATE || sampleRate > WavFile.MAX_RATE) {
      throw unusable(
          "its sample rate is " + sampleRate + " Hz, and 8000 to 48000 Hz are read",
          "convert it, for example with: ffmpeg -i INPUT -ar 16000 -c:a pcm_s16le OUTPUT.wav");
    }
    Format format = new Format(tag, bits, channels, (int) sampleRate);
    if (frameBytes != format.frameBytes()) {
      throw unusable(
          "its header contradicts itself ("
              + channels
              + " channels of "
              + bits
              + " bits, but frames of "
              + frameBytes
              + " bytes)",
          convert());
    }
    return format;
  }

  private WavFile audio(Format format, int from, long size) {
    if (size == 0) {
      throw unusable("it holds no audio (0 samples)", "record or export it again");
    }
    if (size % format.frameBytes() != 0) {
      throw truncated("its audio ends in the middle of a sample");
    }
    byte[] coded = Arrays.copyOfRange(bytes, from, from + (int) size);
    Encoding encoding =
        switch (format.tag()) {
          case MULAW -> Encoding.MULAW;
          case ALAW -> Encoding.ALAW;
          default -> Encoding.PCM_S16LE;
        };
    byte[] data = encoding == Encoding.PCM_S16LE ? sixteenBit(format, coded) : coded;
    return new WavFile(encoding, format.sampleRate(), format.channels(), data);
  }

  private byte[] sixteenBit(Format format, byte[] coded) {
    int width = format.bits() / 8;
    if (format.tag() == PCM && width == 2) {
      return coded;
    }
    ByteBuffer from = ByteBuffer.wrap(coded).order(ByteOrder.LITTLE_ENDIAN);
    int samples = coded.length / width;
    if (samples > (Integer.MAX_VALUE - 16) / 2) {
      throw unusable("it holds more than 2 GiB of 16-bit audio", "split it into shorter files");
    }
    ByteBuffer to = ByteBuffer.allocate(samples * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < samples; i++) {
      int at = i * width;
      to.putShort(
          (short)
              switch (width) {
                case 1 -> ((coded[at] & 0xff) - 128) << 8;
                case 3 ->
                    rounded(
                        (coded[at + 2] << 16) | (coded[at + 1] & 0xff) << 8 | (coded[at] & 0xff),
                        8);
                default ->
                    format.tag() == FLOAT
                        ? fromFloat(from.getFloat(at))
                        : rounded(from.getInt(at), 16);
              });
    }
    return to.array();
  }

  private static int rounded(int sample, int excessBits) {
    return (int)
        Math.min(((long) sample + (1L << (excessBits - 1))) >> excessBits, Short.MAX_VALUE);
  }

  private int fromFloat(float sample) {
    if (Float.isNaN(sample)) {
      throw unusable("it holds float samples that are not numbers", "export it again");
    }
    long scaled = Math.round(sample * 32768.0);
    return (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, scaled));
  }

  private long unsigned(int at) {
    return in.getInt(at) & 0xffffffffL;
  }

  private boolean startsWith(int at, String ascii) {
    if (at + ascii.length() > bytes.length) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (bytes[at + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String chunkName(int at) {
    return new String(bytes, at, 4, StandardCharsets.US_ASCII).replaceAll("[^\\x20-\\x7e]", "?");
  }

  private String whatElse() {
    if (startsWith(0, "ID3") || looksLikeMpegFrame()) {
      return "an MP3 file";
    }
    if (startsWith(0, "OggS")) {
      return "an Ogg file";
    }
    if (startsWith(0, "fLaC")) {
      return "a FLAC file";
    }
    if (startsWith(0, "FORM")) {
      return "an AIFF file";
    }
    if (startsWith(0, ".snd")) {
      return "an AU file";
    }
    if (startsWith(4, "ftyp")) {
      return "an MPEG-4 file";
    }
    if (startsWith(0, "RF64") || startsWith(0, "BW64") || startsWith(0, "RIFX")) {
      return new String(bytes, 0, 4, StandardCharsets.US_ASCII) + ", a relative of WAV";
    }
    return "of a format that is not known";
  }

  private boolean looksLikeMpegFrame() {
    return bytes.length >= 2
        && bytes[0] == (byte) 0xff
        && (bytes[1] & 0xe0) == 0xe0
        && (bytes[1] & 0x06) != 0;
  }

  private static String codec(int tag) {
    return switch (tag) {
      case PCM -> "PCM";
      case FLOAT -> "float";
      case ALAW -> "A-law";
      case MULAW -> "mu-law";
      case 2 -> "MS ADPCM";
      case 0x11 -> "IMA ADPCM";
      case 0x31 -> "GSM 6.10";
      case 0x55 -> "MP3";
      default -> String.format("format 0x%04x", tag);
    };
  }

  private static String convert() {
    return "convert it, for example with: ffmpeg -i INPUT -c:a pcm_s16le OUTPUT.wav";
  }

  private UnusableAudio truncated(String what) {
    return unusable("it is truncated: " + what, "copy or export it again");
  }

  private UnusableAudio unusable(String what, String remedy) {
    return new UnusableAudio("Cannot use " + name + ": " + what + "; " + remedy + ".");
  }
}
