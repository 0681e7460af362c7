"""A tray: takes what registers as a tray's icon on the session bus, and does what each line of its
input says: `menu` prints the labels of the first icon's menu as JSON, `title` its title, `click
LABEL` clicks on an entry."""

import json
import sys

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"


class Tray(dbus.service.Object):
    items = []

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender):
        self.items.append((sender, service if service.startswith("/") else "/StatusNotifierItem"))

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return {"IsStatusNotifierHostRegistered": True, "ProtocolVersion": dbus.Int32(0)}

    def item(self, name):
        sender, path = self.items[0]
        item = bus.get_object(sender, path, introspect=False)
        return item.Get(ITEM, name, dbus_interface=dbus.PROPERTIES_IFACE)

    def menu(self):
        sender, _ = self.items[0]
        return dbus.Interface(bus.get_object(sender, self.item("Menu"), introspect=False), MENU)

    def entries(self):
        _, root = self.menu().GetLayout(
            dbus.Int32(0), dbus.Int32(-1), dbus.Array([], signature="s")
        )
        found = []

        def walk(node):
            number, properties, children = node
            if "label" in properties:
                found.append((int(number), str(properties["label"]).replace("__", "_")))
            for child in children:
                walk(child)

        walk(root)
        return found

    def do(self, line):
        verb, _, rest = line.partition(" ")
        if not self.items:
            return None
        if verb == "title":
            return str(self.item("XAyatanaLabel"))
        if verb == "menu":
            return [label for _, label in self.entries()]
        number = next((number for number, label in self.entries() if rest in label), None)
        if number is None:
            return None
        self.menu().Event(
            dbus.Int32(number), "clicked", dbus.String("", variant_level=1), dbus.UInt32(0)
        )
        return True


DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
name = dbus.service.BusName(WATCHER, bus)
tray = Tray(bus, "/StatusNotifierWatcher")
loop = GLib.MainLoop()


def heard(source, _condition):
    line = source.readline()
    if not line:
        loop.quit()
        return False
    try:
        answer = tray.do(line.strip())
    except dbus.DBusException as error:
        answer = None
        print(error, file=sys.stderr)
    print(json.dumps(answer), flush=True)
    return True


GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, heard)
print(json.dumps("ready"), flush=True)
loop.run()
