package io.turnwise.app.upgrade;

import io.turnwise.avro.AudioChunk;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.serdes.Contract;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * An application of some release, stopped in mid-call: what its changelogs hold, how far it has
 * read, what comes then, and what it published of that. Avro records carry the schema they were
 * written with, so that a later release reads them.
 *
 * @param settings what it ran with; {@code from} says which topology it is
 * @param model the ONNX file it ran
 * @param read records of its input that it has read
 * @param changelogs latest value by key, by store
 * @param inputs what comes next
 * @param outputs what was published of that, by contract
 */
record SavedState(
    Map<String, String> settings,
    byte[] model,
    int read,
    SortedMap<String, List<Entry>> changelogs,
    List<Message> inputs,
    SortedMap<Contract, List<Message>> outputs) {
  private static final String SETTINGS = "settings";
  private static final String MODEL = "model.onnx";
  private static final String CHANGELOG = "changelog/";
  private static final String INPUTS = "inputs/";
  private static final String OUTPUTS = "outputs/";
  private static final String VALUES = ".avro";
  private static final LocalDateTime ALWAYS = LocalDateTime.of(2026, 1, 1, 0, 0);

  static {
    // Avro makes records of the classes alone that the serdes have named as trusted.
    AvroSerdes.forValue(AudioChunk.class, Map.of("schema.registry.url", "mock://saved")).close();
  }

  /** A key of a changelog with its latest value. */
  record Entry(byte[] key, byte[] value) {}

  /** A record of a public topic. */
  record Message(String key, long timestamp, SpecificRecord value) {}

  /** What the application reads. */
  Contract input() {
    return Contract.valueOf(settings.get("from"));
  }

  void write(Path file) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      TreeMap<String, String> texts = new TreeMap<>(settings);
      texts.put("read", Integer.toString(read));
      StringBuilder lines = new StringBuilder();
      texts.forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
      put(zip, SETTINGS, lines.toString().getBytes(StandardCharsets.UTF_8));
      put(zip, MODEL, model);
      for (Map.Entry<String, List<Entry>> changelog : changelogs.entrySet()) {
        put(zip, CHANGELOG + changelog.getKey(), bytes(changelog.getValue()));
      }
      put(zip, INPUTS, input(), inputs);
      for (Map.Entry<Contract, List<Message>> output : outputs.entrySet()) {
        put(zip, OUTPUTS, output.getKey(), output.getValue());
      }
    }
  }

  static SavedState read(Path file) throws IOException {
    Map<String, byte[]> parts = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry part = zip.getNextEntry(); part != null; part = zip.getNextEntry()) {
        parts.put(part.getName(), zip.readAllBytes());
      }
    }
    Map<String, String> settings = new TreeMap<>();
    new String(parts.get(SETTINGS), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split("=", 2))
        .forEach(setting -> settings.put(setting[0], setting[1]));
    int read = Integer.parseInt(settings.remove("read"));
    SortedMap<String, List<Entry>> changelogs = new TreeMap<>();
    SortedMap<Contract, List<Message>> outputs = new TreeMap<>();
    List<Message> inputs = new ArrayList<>();
    for (String name : parts.keySet()) {
      if (name.startsWith(CHANGELOG)) {
        changelogs.put(name.substring(CHANGELOG.length()), entries(parts.get(name)));
      } else if (name.startsWith(INPUTS) && name.endsWith(VALUES)) {
        inputs.addAll(messages(parts, INPUTS, name));
      } else if (name.startsWith(OUTPUTS) && name.endsWith(VALUES)) {
        outputs.put(contract(OUTPUTS, name), messages(parts, OUTPUTS, name));
      }
    }
    return new SavedState(settings, parts.get(MODEL), read, changelogs, inputs, outputs);
  }

  private static Contract contract(String folder, String name) {
    return Contract.valueOf(name.substring(folder.length(), name.length() - VALUES.length()));
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(ALWAYS);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static void put(
      ZipOutputStream zip, String folder, Contract contract, List<Message> messages)
      throws IOException {
    ByteArrayOutputStream heads = new ByteArrayOutputStream();
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(heads);
        DataFileWriter<SpecificRecord> writer = new DataFileWriter<>(writer(contract.schema()))) {
      writer.create(contract.schema(), values, new byte[16]);
      for (Message message : messages) {
        out.writeUTF(message.key());
        out.writeLong(message.timestamp());
        writer.append(message.value());
      }
    }
    put(zip, folder + contract, heads.toByteArray());
    put(zip, folder + contract + VALUES, values.toByteArray());
  }

  @SuppressWarnings("unchecked")
  private static DatumWriter<SpecificRecord> writer(Schema schema) {
    return (DatumWriter<SpecificRecord>)
        SpecificData.getForClass(SpecificData.get().getClass(schema)).createDatumWriter(schema);
  }

  @SuppressWarnings("unchecked")
  private static List<Message> messages(Map<String, byte[]> parts, String folder, String name)
      throws IOException {
    Contract contract = contract(folder, name);
    List<Message> messages = new ArrayList<>();
    try (DataInputStream heads =
            new DataInputStream(new ByteArrayInputStream(parts.get(folder + contract)));
        DataFileStream<SpecificRecord> values =
            new DataFileStream<>(
                new ByteArrayInputStream(parts.get(name)),
                (DatumReader<SpecificRecord>)
                    SpecificData.getForClass(contract.type())
                        .createDatumReader(contract.schema(), contract.schema()))) {
      while (values.hasNext()) {
        messages.add(new Message(heads.readUTF(), heads.readLong(), values.next()));
      }
    }
    return messages;
  }

  private static byte[] bytes(List<Entry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(entries.size());
      for (Entry entry : entries) {
        out.writeInt(entry.key().length);
        out.write(entry.key());
        out.writeInt(entry.value().length);
        out.write(entry.value());
      }
    }
    return bytes.toByteArray();
  }

  private static List<Entry> entries(byte[] bytes) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      for (int count = in.readInt(); count > 0; count--) {
        byte[] key = in.readNBytes(in.readInt());
        entries.add(new Entry(key, in.readNBytes(in.readInt())));
      }
    }
    return entries;
  }
}
