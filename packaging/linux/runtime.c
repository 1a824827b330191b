/* The head of an AppImage: shows the folder that is packed behind it and starts the program that lies there.
 *
 * With FUSE the folder is mounted by a second process, which ends together with the program. Without FUSE, or when
 * APPIMAGE_EXTRACT_AND_RUN is set, the folder is unpacked into a temporary place and removed afterwards.
 * --appimage-extract unpacks it into ./squashfs-root, --appimage-offset tells where in this file it begins.
 *
 * Built statically, so that it starts on every Linux:
 *     gcc -O2 -s -static -o runtime runtime.c -lsquashfuse_ll -lsquashfuse -lfuse3 -llzma -lzstd -llz4 -lz -lpthread -ldl
 */
#define _GNU_SOURCE
#define FUSE_USE_VERSION 32

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <squashfuse/ll.h>

#define UNUSABLE 127

static char image[PATH_MAX];
static pid_t program;

/* The packed folder never uses LZO, whose library has a licence that we could not keep; its place is filled. */
int lzo1x_decompress_safe(const unsigned char *from, size_t size, unsigned char *to, size_t *made, void *memory)
{
	(void)from, (void)size, (void)to, (void)made, (void)memory;
	return -1;
}

static void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", image, what, errno ? strerror(errno) : "the packed folder is damaged");
	exit(UNUSABLE);
}

/* The packed folder begins where the table of sections ends, which is the last thing in a linked program. */
static size_t packed_begin(void)
{
	Elf64_Ehdr head;
	int file = open(image, O_RDONLY | O_CLOEXEC);
	if (file < 0 || read(file, &head, sizeof head) != (ssize_t)sizeof head)
		die("it cannot be read");
	close(file);
	return head.e_shoff + (size_t)head.e_shentsize * head.e_shnum;
}

/* Unpacking */

static void unpack_file(sqfs *fs, sqfs_inode *inode, const char *path)
{
	static char buffer[1 << 17];
	uint64_t size = inode->xtra.reg.file_size, done = 0;
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, inode->base.mode & 0777);
	if (file < 0)
		die(path);
	while (done < size) {
		sqfs_off_t part = sizeof buffer;
		if (sqfs_read_range(fs, inode, done, &part, buffer) || part <= 0)
			errno = 0, die(path);
		if (write(file, buffer, part) != part)
			die(path);
		done += part;
	}
	if (close(file))
		die(path);
}

static void unpack_link(sqfs *fs, sqfs_inode *inode, const char *path)
{
	char target[PATH_MAX];
	size_t size = sizeof target;
	errno = 0;
	if (sqfs_readlink(fs, inode, target, &size) || symlink(target, path))
		die(path);
}

static void unpack(const char *folder)
{
	sqfs fs;
	sqfs_traverse walk;
	sqfs_err error = SQFS_OK;
	char path[PATH_MAX];

	errno = 0;
	if (sqfs_open_image(&fs, image, packed_begin()) || sqfs_traverse_open(&walk, &fs, sqfs_inode_root(&fs)))
		die("it cannot be unpacked");
	while (sqfs_traverse_next(&walk, &error)) {
		sqfs_inode inode;
		if (walk.dir_end)
			continue;
		if (snprintf(path, sizeof path, "%s/%s", folder, walk.path) >= (int)sizeof path)
			errno = ENAMETOOLONG, die(walk.path);
		errno = 0;
		if (sqfs_inode_get(&fs, &inode, sqfs_dentry_inode(&walk.entry)))
			die(path);
		switch (sqfs_dentry_mode(&walk.entry)) {
		case S_IFDIR:
			if (mkdir(path, 0755))
				die(path);
			break;
		case S_IFREG:
			unpack_file(&fs, &inode, path);
			break;
		case S_IFLNK:
			unpack_link(&fs, &inode, path);
			break;
		}
	}
	if (error)
		errno = 0, die("it cannot be unpacked");
	sqfs_traverse_close(&walk);
	sqfs_destroy(&fs);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
	(void)about, (void)kind, (void)where;
	return remove(path);
}

static void temporary(char *folder, size_t size, const char *name)
{
	const char *base = getenv("TMPDIR");
	snprintf(folder, size, "%s/%s-XXXXXX", base && *base == '/' ? base : "/tmp", name);
	if (!mkdtemp(folder))
		die(folder);
}

/* Starting */

static void start(const char *folder, char **arguments)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/AppRun", folder);
	setenv("APPIMAGE", image, 1);
	setenv("APPDIR", folder, 1);
	execv(path, arguments);
	die(path);
}

static void pass_on(int signal_number)
{
	if (program > 0)
		kill(program, signal_number);
}

static int run_unpacked(char **arguments)
{
	char folder[PATH_MAX];
	int status;
	temporary(folder, sizeof folder, "cbr-desktop");
	unpack(folder);
	program = fork();
	if (program == 0)
		start(folder, arguments);
	if (program < 0)
		die("it cannot be started");
	signal(SIGTERM, pass_on);
	signal(SIGINT, pass_on);
	signal(SIGHUP, pass_on);
	while (waitpid(program, &status, 0) < 0 && errno == EINTR)
		;
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Mounting */

struct watch {
	int program_lives;
	struct fuse_session *session;
};

/* The program holds the other end of the pipe, and so does everything that it starts: when all are gone, it ends. */
static void *unmount_in_the_end(void *argument)
{
	struct watch *watch = argument;
	char nothing;
	while (read(watch->program_lives, &nothing, 1) < 0 && errno == EINTR)
		;
	fuse_session_exit(watch->session);
	fuse_session_unmount(watch->session);
	return NULL;
}

static void serve(const char *folder, int program_lives, int tell)
{
	static struct fuse_lowlevel_ops operations = {
		.getattr = sqfs_ll_op_getattr, .opendir = sqfs_ll_op_opendir, .releasedir = sqfs_ll_op_releasedir,
		.readdir = sqfs_ll_op_readdir, .lookup = sqfs_ll_op_lookup, .open = sqfs_ll_op_open,
		.create = sqfs_ll_op_create, .release = sqfs_ll_op_release, .read = sqfs_ll_op_read,
		.readlink = sqfs_ll_op_readlink, .listxattr = sqfs_ll_op_listxattr, .getxattr = sqfs_ll_op_getxattr,
		.forget = sqfs_ll_op_forget, .statfs = stfs_ll_op_statfs,
	};
	char *words[] = {"cbr-desktop", "-o", "ro,nodev,nosuid,fsname=cbr-desktop", NULL};
	struct fuse_args arguments = FUSE_ARGS_INIT(3, words);
	sqfs_ll_chan channel;
	pthread_t thread;
	sqfs_ll *packed;

	setsid();
	/* what cannot be mounted is unpacked, so nobody needs to hear of it */
	int quiet = open("/dev/null", O_RDWR);
	dup2(quiet, STDIN_FILENO), dup2(quiet, STDOUT_FILENO), dup2(quiet, STDERR_FILENO);
	packed = sqfs_ll_open(image, packed_begin());
	if (!packed || sqfs_ll_mount(&channel, folder, &arguments, &operations, sizeof operations, packed))
		_exit(UNUSABLE);
	struct watch watch = {program_lives, channel.session};
	if (write(tell, "m", 1) != 1 || pthread_create(&thread, NULL, unmount_in_the_end, &watch)) {
		sqfs_ll_unmount(&channel, folder);
		_exit(UNUSABLE);
	}
	close(tell);
	fuse_session_loop(channel.session);
	pthread_join(thread, NULL);
	rmdir(folder);
	_exit(0);
}

/* Returns only when the folder cannot be mounted. */
static void run_mounted(char **arguments)
{
	char folder[PATH_MAX], answer;
	int lives[2], told[2], ignored;

	if (access("/dev/fuse", R_OK | W_OK))
		return;
	temporary(folder, sizeof folder, ".mount_cbr-desktop");
	if (pipe(lives) || pipe2(told, O_CLOEXEC))
		die("it cannot be started");
	pid_t child = fork();
	if (child == 0) {
		close(lives[1]), close(told[0]);
		/* a second fork: the program must not find a child that it has not made */
		if (fork() == 0)
			serve(folder, lives[0], told[1]);
		_exit(0);
	}
	close(lives[0]), close(told[1]);
	if (child > 0)
		waitpid(child, &ignored, 0);
	if (child > 0 && read(told[0], &answer, 1) == 1) {
		close(told[0]);
		start(folder, arguments);
	}
	close(lives[1]), close(told[0]);
	rmdir(folder);
}

int main(int count, char **arguments)
{
	ssize_t size = readlink("/proc/self/exe", image, sizeof image - 1);
	if (size < 0) {
		snprintf(image, sizeof image, "%s", arguments[0]);
		die("/proc is not there");
	}
	if (count > 1 && !strcmp(arguments[1], "--appimage-offset")) {
		printf("%zu\n", packed_begin());
		return 0;
	}
	if (count > 1 && !strcmp(arguments[1], "--appimage-extract")) {
		if (mkdir("squashfs-root", 0755))
			die("squashfs-root");
		unpack("squashfs-root");
		return 0;
	}
	if (!getenv("APPIMAGE_EXTRACT_AND_RUN"))
		run_mounted(arguments);
	return run_unpacked(arguments);
}
