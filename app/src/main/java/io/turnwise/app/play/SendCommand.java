package io.turnwise.app.play;

import io.turnwise.app.StopSignal;
import io.turnwise.app.connect.Connection;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.topology.TurnwiseSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends a recording to a real cluster, as its source would have. */
@Command(
    name = "send",
    description = {
      "Sends a WAV file to a Kafka cluster as the audio of a call: 20 ms chunks, at the pace of the"
          + " audio, each channel of the file on a channel of its own."
    },
    footer = {
      "  turnwise send call.wav --call 2026-0042 --config turnwise.properties",
      "  turnwise send agent.wav --call 2026-0042 --channel 1 --speed max \\",
      "      --bootstrap-server localhost:9092 --registry http://localhost:8081"
    })
public final class SendCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE.wav", description = "PCM or G.711, 8 to 48 kHz.")
  private Path file;

  @Option(
      names = "--call",
      required = true,
      paramLabel = "ID",
      description = "The call's id, 1 to 256 characters: the key of all its records.")
  private String call;

  @Option(
      names = "--channel",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Channel of the call that the file's first channel goes to, 0 to 255; the file's others"
              + " follow (default: ${DEFAULT-VALUE}).")
  private int channel;

  @Option(
      names = "--speed",
      paramLabel = "N|max",
      defaultValue = "1",
      converter = Speed.Converter.class,
      description =
          "1 is real time, N is N times as fast, max is as fast as possible (default:"
              + " ${DEFAULT-VALUE}).")
  private Speed speed;

  @Mixin private Connection connection;

  @Override
  public Integer call() {
    Recording recording = recording(WavFile.read(file));
    Map<String, String> properties = connection.settings();
    TurnwiseSettings settings = TurnwiseSettings.of(properties);
    try (StopSignal stop = StopSignal.listen();
        CallPlayer player = new CallPlayer(settings.audioChunks(), properties)) {
      player.play(List.of(recording), speed, Instant.now(), stop::requested);
    }
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        Locale.ROOT,
        "Sent %.1f s on %d channel%s of call %s.%n",
        recording.seconds(),
        recording.audio().channels(),
        recording.audio().channels() == 1 ? "" : "s",
        recording.callId());
    err.flush();
    return 0;
  }

  private Recording recording(WavFile audio) {
    try {
      return new Recording(call, channel, audio);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
