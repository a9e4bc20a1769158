package io.pgmahout.agent;

import java.lang.reflect.Proxy;

/** SIGHUP, which Java has no supported name for; where the runtime lacks the class behind it, nothing happens. */
final class Hangup {

    private Hangup() {}

    /** Runs {@code action} on each SIGHUP, on a thread of the runtime. */
    static void onSignal(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object onHangup = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), onHangup);
        } catch (ReflectiveOperationException e) {
            org.slf4j.LoggerFactory.getLogger(Hangup.class).warn("SIGHUP does not reload: {}", e.toString());
        }
    }
}
