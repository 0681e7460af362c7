#!/usr/bin/env bash
# Boots this machine's systemd a second time, beside the first: over a view of the disk that keeps
# no change, without network, and with nothing but the relay to start. As root, in new namespaces of
# mounts, processes, network and control groups: `boot.sh FOLDER RELAY SETTINGS UNIT`.
set -euo pipefail
folder=$1 relay=$(realpath "$2") settings=$(realpath "$3") unit=$(realpath "$4")

mount --make-rprivate /
mount -t tmpfs tmpfs "$folder"
cd "$folder"
mkdir up work root
mount -t overlay overlay -o "lowerdir=/,upperdir=up,workdir=work" root
mount -t proc proc root/proc
mount -t sysfs sysfs root/sys
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
  mount -t cgroup2 cgroup root/sys/fs/cgroup
else
  mount -t tmpfs tmpfs root/sys/fs/cgroup
  mkdir root/sys/fs/cgroup/systemd
  mount -t cgroup -o none,name=systemd cgroup root/sys/fs/cgroup/systemd
fi
mount --rbind /dev root/dev
for own in run tmp var/log; do mount -t tmpfs tmpfs "root/$own"; done

etc=root/etc/systemd/system
rm -rf "$etc"/*.wants
install -m 755 "$relay" root/usr/local/bin/tenterhook-relay
install -m 644 "$settings" root/etc/tenterhook-relay.toml
install -m 644 "$unit" "$etc/tenterhook-relay.service"
: >root/etc/fstab
printf '[Unit]\nRequires=basic.target\nWants=tenterhook-relay.service dbus.service\n' >"$etc/try.target"
# What would want the machine itself.
for one in binfmt hwdb-update modules-load networkd random-seed remount-fs timesyncd udevd udev-trigger update-utmp; do
  ln -sf /dev/null "$etc/systemd-$one.service"
done
ip link set lo up

cd root
mkdir -p old
pivot_root . old
umount -l /old
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=try.target
