package io.turnwise.app.run;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.broker.Topics;
import io.turnwise.app.connect.Connection;
import io.turnwise.app.connect.ConnectionFault;
import io.turnwise.topology.Names;
import io.turnwise.topology.TurnwiseSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;

/** Looks at a cluster before anything is built on it, so that what is amiss is told at once. */
public final class Cluster {
  private static final String PATIENCE_MS = "15000";

  private Cluster() {}

  /**
   * A client that gives up after 15 s; the caller's to close.
   *
   * @throws CommandFailed if the settings make none
   */
  public static Admin admin(Map<String, String> settings) {
    Map<String, Object> admins = new HashMap<>(settings);
    admins.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    admins.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    return ConnectionFault.orSentence(() -> Admin.create(admins), settings);
  }

  /** The topics that are others' too, whatever they are called. */
  public static Set<String> publicTopics(TurnwiseSettings settings) {
    return Topics.of(settings, 1).all().stream().map(NewTopic::name).collect(Collectors.toSet());
  }

  /**
   * Deletes the changelogs of an application that has ended and will not run again. They hold the
   * voices of calls that it has not forgotten.
   *
   * @return the topics that were deleted
   * @throws CommandFailed naming those that could not be
   */
  public static Set<String> deleteChangelogs(Map<String, String> settings, String applicationId) {
    Set<String> changelogs = new TreeSet<>();
    try (Admin admin = admin(settings)) {
      changelogs.addAll(admin.listTopics().names().get());
      changelogs.retainAll(Names.changelogs(applicationId));
      admin.deleteTopics(changelogs).all().get();
      return changelogs;
    } catch (ExecutionException e) {
      throw new CommandFailed(
          "The changelogs of "
              + applicationId
              + " cannot be deleted ("
              + ConnectionFault.sentence(e.getCause(), settings)
                  .orElseGet(() -> e.getCause().getMessage())
              + "); delete these topics, they hold voices: "
              + (changelogs.isEmpty() ? applicationId + "-*-changelog" : changelogs),
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("Interrupted while deleting the changelogs.", e);
    }
  }

  /**
   * Asks the cluster for its topics.
   *
   * @param create whether topics that are missing are to be created
   * @return the topics that were created
   * @throws CommandFailed if no broker answers, it refuses us, or topics are missing
   */
  public static Set<String> check(Map<String, String> settings, Topics topics, boolean create) {
    try (Admin admin = admin(settings)) {
      Set<String> present = admin.listTopics().names().get();
      if (create) {
        return topics.createMissing(admin);
      }
      List<String> missing =
          topics.all().stream()
              .map(NewTopic::name)
              .filter(name -> !present.contains(name))
              .sorted()
              .toList();
      if (!missing.isEmpty()) {
        throw new CommandFailed(
            "The cluster has no topic "
                + String.join(", ", missing)
                + " that this user may see; create them, or say --create-topics.");
      }
      return Set.of();
    } catch (ExecutionException e) {
      throw new CommandFailed(
          ConnectionFault.sentence(e.getCause(), settings)
              .orElseGet(
                  () ->
                      "The cluster at "
                          + settings.get(Connection.BOOTSTRAP)
                          + " refuses: "
                          + e.getCause().getMessage()),
          e.getCause());
    } catch (KafkaException e) {
      throw ConnectionFault.asCommandFailed(e, settings);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("Interrupted while asking the cluster for its topics.", e);
    }
  }
}
